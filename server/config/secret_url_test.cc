#include "server/config/secret_url.h"

#include <gtest/gtest.h>

namespace chat::config {
namespace {

TEST(SecretUrlTest, ShowsEverythingButThePassword) {
  const SecretUrl url("postgres://chat:s3cr3t@db.example:5432/chat?sslmode=require");

  EXPECT_EQ(url.shown(), "postgres://chat:***@db.example:5432/chat?sslmode=require");
  EXPECT_EQ(url.secret_text(), "postgres://chat:s3cr3t@db.example:5432/chat?sslmode=require");
}

TEST(SecretUrlTest, LeavesAnUrlWithoutPasswordAsItIs) {
  for (const char* url : {"postgres://chat@db/chat", "postgres:///chat?host=/tmp/sockets",
                          "redis://127.0.0.1:6379/0", "redis://[::1]:6379"}) {
    EXPECT_EQ(SecretUrl(url).shown(), url);
  }
}

TEST(SecretUrlTest, HidesWhateverStandsInAPassword) {
  EXPECT_EQ(HidePasswords("redis://:p@ss:w/rd@host:6379/0"), "redis://:***@host:6379/0");
  EXPECT_EQ(HidePasswords("postgres://u@h/db?password=pw&x=1"),
            "postgres://u@h/db?password=***&x=1");
}

TEST(SecretUrlTest, HidesEachPasswordOfAText) {
  EXPECT_EQ(HidePasswords("not expected: --x=postgres://a:b@c and \"redis://:d@e\" here"),
            "not expected: --x=postgres://a:***@c and \"redis://:***@e\" here");
}

}  // namespace
}  // namespace chat::config
