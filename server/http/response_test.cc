// Responses, problems and JSON bodies, as they go on the wire.
#include "server/http/response.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "protocol/chat.pb.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/http/response_writer.h"

namespace chat::http {
namespace {

using std::chrono::milliseconds;

constexpr UnixTime kThen = std::chrono::sys_days(std::chrono::November / 6 / 1994) +
                           std::chrono::hours(8) + std::chrono::minutes(49) +
                           std::chrono::seconds(37);

std::string_view HeaderOf(const Response& response, std::string_view name) {
  for (const Field& field : response.headers) {
    if (field.name == name) return field.value;
  }
  return "absent";
}

Request MakeRequest(std::string content_type, std::string body) {
  return Request({.method = Method::kPost,
                  .path = "/",
                  .captures = {},
                  .query = {},
                  .headers = {{"content-type", std::move(content_type)}},
                  .body = std::move(body),
                  .client_address = {}});
}

TEST(ResponseTest, WritesAHead) {
  const Response response = TextResponse(Status::kOk, "hello");

  EXPECT_EQ(EncodeResponseHead(response, ConnectionUse::kKeepAlive, kThen),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 5\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Cache-Control: no-store\r\n"
            "Connection: keep-alive\r\n"
            "\r\n");
}

TEST(ResponseTest, NoContentHasNoLength) {
  EXPECT_EQ(EncodeResponseHead(NoContent(), ConnectionUse::kClose, kThen),
            "HTTP/1.1 204 No Content\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Connection: close\r\n"
            "\r\n");
}

TEST(ResponseDeathTest, ALineBreakInAFieldIsABug) {
  Response response = NoContent();
  response.headers.push_back({"X", "a\r\nSet-Cookie: b"});

  EXPECT_DEATH(EncodeResponseHead(response, ConnectionUse::kClose, kThen), "line_break|find_first");
}

TEST(ProblemTest, SaysCodeStatusAndWhenToRetry) {
  const Response response =
      ProblemResponse({ErrorCode::kRateLimited, "Too many.", milliseconds(1500)});

  EXPECT_EQ(response.status, Status::kTooManyRequests);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(HeaderOf(response, "Retry-After"), "2");
  EXPECT_TRUE(response.body.contains(R"("code":"rate_limited")")) << response.body;
  EXPECT_TRUE(response.body.contains(R"("retry_after_ms":1500)")) << response.body;
}

TEST(ProblemTest, UnauthenticatedNamesTheScheme) {
  const Response response = ProblemResponse({ErrorCode::kUnauthenticated, "No token.", {}});

  EXPECT_EQ(response.status, Status::kUnauthorized);
  EXPECT_EQ(HeaderOf(response, "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(HeaderOf(response, "Retry-After"), "absent");
}

TEST(ProblemTest, EveryCodeHasAStatusWithAPhrase) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const Response response = ProblemResponse({static_cast<ErrorCode>(code), "", {}});
    EXPECT_NE(Phrase(response.status), "Unknown") << code;
  }
}

TEST(JsonBodyTest, ReadsTheBody) {
  for (const char* type :
       {"application/json", "Application/JSON; charset=utf-8", "application/json ;x"}) {
    const auto body = JsonBody<v1::RegisterRequest>(MakeRequest(type, R"({"username":"alice"})"));
    ASSERT_TRUE(body) << type;
    EXPECT_EQ(body->username(), "alice");
  }
}

TEST(JsonBodyTest, RefusesOtherContentTypes) {
  for (const char* type :
       {"", "text/plain", "application/jsonx", "application/x-www-form-urlencoded"}) {
    const auto body = JsonBody<v1::RegisterRequest>(MakeRequest(type, "{}"));
    ASSERT_FALSE(body) << type;
    EXPECT_EQ(body.error().status, Status::kUnsupportedMediaType) << type;
  }
}

TEST(JsonBodyTest, RefusesWhatIsNoSuchJson) {
  for (const char* text : {"", "{", "[]", "{'username':1}", R"({"username":["a"]})"}) {
    const auto body = JsonBody<v1::RegisterRequest>(MakeRequest("application/json", text));
    ASSERT_FALSE(body) << text;
    EXPECT_EQ(body.error().status, Status::kBadRequest) << text;
    EXPECT_TRUE(body.error().body.contains("invalid_frame")) << body.error().body;
  }
}

TEST(RequestTest, FindsTheBearerToken) {
  const auto token = [](std::string authorization) {
    const Request request({.method = Method::kGet,
                           .path = "/",
                           .captures = {},
                           .query = {},
                           .headers = {{"authorization", std::move(authorization)}},
                           .body = {},
                           .client_address = {}});
    return std::string(request.bearer_token().value_or("none"));
  };

  EXPECT_EQ(token("Bearer abc"), "abc");
  EXPECT_EQ(token("bearer abc"), "abc");
  EXPECT_EQ(token("Basic abc"), "none");
  EXPECT_EQ(token("Bearer "), "none");
  EXPECT_EQ(token("Bearerabc"), "none");
}

}  // namespace
}  // namespace chat::http
