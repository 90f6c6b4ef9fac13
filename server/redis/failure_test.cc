#include "server/redis/failure.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace chat::redis {
namespace {

std::string_view Describe(std::string text) {
  redisReply reply = {};
  reply.type = REDIS_REPLY_ERROR;
  reply.str = text.data();
  reply.len = text.size();
  return DescribeErrorReply(reply);
}

TEST(FailureTest, ErrorsThatAnOperatorCanHelpAreToldApart) {
  EXPECT_EQ(Describe("NOAUTH Authentication required."), "it asks for a password");
  EXPECT_EQ(Describe("WRONGPASS invalid username-password pair or user is disabled."),
            "it does not know this user and password");
  EXPECT_EQ(Describe("LOADING Redis is loading the dataset in memory"),
            "it is still loading its data");
  EXPECT_EQ(Describe("ERR max number of clients reached"), "it has too many clients");
}

TEST(FailureTest, UnknownErrorsAreNotRepeated) {
  EXPECT_EQ(Describe("ERR unknown command `AUTH`, with args beginning with: `hunter2`"),
            "it answers with an error");
  EXPECT_EQ(Describe(""), "it answers with an error");
}

}  // namespace
}  // namespace chat::redis
