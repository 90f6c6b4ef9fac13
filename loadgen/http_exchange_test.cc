#include "loadgen/http_exchange.h"

#include <gtest/gtest.h>

#include <string>

namespace chat::loadgen {
namespace {

TEST(HttpExchangeTest, EncodesARequestWithABody) {
  const std::string bytes = EncodeHttpRequest(
      {.method = "POST", .target = "/v1/contacts", .body = "{}", .access_token = "secret"},
      "127.0.0.1:80");

  EXPECT_EQ(bytes,
            "POST /v1/contacts HTTP/1.1\r\nHost: 127.0.0.1:80\r\nConnection: close\r\n"
            "Authorization: Bearer secret\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\n\r\n{}");
}

TEST(HttpExchangeTest, TakesAWholeAnswer) {
  const auto answer = ParseHttpAnswer(
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 2\r\n\r\n{}");

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(answer->header("retry-after"), "2");
  EXPECT_EQ(answer->header("etag"), "");
}

TEST(HttpExchangeTest, RefusesWhatIsNotWhole) {
  for (const char* bytes :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{",
        "SMTP/1.1 200 OK\r\n\r\n"}) {
    EXPECT_FALSE(ParseHttpAnswer(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace chat::loadgen
