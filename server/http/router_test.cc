#include "server/http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chat::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

asio::awaitable<Response> Nothing(Request) { co_return NoContent(); }

class RouterTest : public ::testing::Test {
 protected:
  void Add(Method method, std::string pattern) {
    router_.Add({.method = method, .pattern = std::move(pattern), .handler = Nothing});
  }

  // The pattern found and its captures: "/a/{b} b=1".
  std::string Find(Method method, std::string_view path) {
    const auto match = router_.Find(method, path);
    if (!match) return "none";
    std::string found = match->route->pattern;
    for (const Field& capture : match->captures) {
      found.append(" ").append(capture.name).append("=").append(capture.value);
    }
    return found;
  }

  Router router_;
};

TEST_F(RouterTest, CapturesSegmentsByName) {
  Add(Method::kGet, "/v1/conversations/{conversation_id}/messages/{seq}");

  EXPECT_EQ(Find(Method::kGet, "/v1/conversations/12/messages/3"),
            "/v1/conversations/{conversation_id}/messages/{seq} conversation_id=12 seq=3");
}

TEST_F(RouterTest, PrefersALiteralSegmentWhateverTheOrder) {
  Add(Method::kGet, "/users/{user_id}");
  Add(Method::kGet, "/users/me");
  Add(Method::kGet, "/{anything}/me");

  EXPECT_EQ(Find(Method::kGet, "/users/me"), "/users/me");
  EXPECT_EQ(Find(Method::kGet, "/users/7"), "/users/{user_id} user_id=7");
  EXPECT_EQ(Find(Method::kGet, "/bots/me"), "/{anything}/me anything=bots");
}

TEST_F(RouterTest, MatchesWholePathsOnly) {
  Add(Method::kGet, "/a/{b}");

  for (const char* path : {"/", "/a", "/a/", "/a/b/", "/a/b/c", "//a/b", "/A/b"}) {
    EXPECT_EQ(Find(Method::kGet, path), "none") << path;
  }
}

TEST_F(RouterTest, FindsTheRoot) {
  Add(Method::kGet, "/");

  EXPECT_EQ(Find(Method::kGet, "/"), "/");
}

TEST_F(RouterTest, AnswersHeadByTheRouteForGet) {
  Add(Method::kGet, "/a");
  Add(Method::kPost, "/b");

  EXPECT_EQ(Find(Method::kHead, "/a"), "/a");
  EXPECT_EQ(Find(Method::kHead, "/b"), "none");
}

TEST_F(RouterTest, SaysWhichMethodsAPathHas) {
  Add(Method::kGet, "/a");
  Add(Method::kPost, "/a");

  EXPECT_THAT(router_.Find(Method::kDelete, "/a").error().allowed,
              ElementsAre(Method::kGet, Method::kPost));
  EXPECT_THAT(router_.Find(Method::kGet, "/b").error().allowed, IsEmpty());
}

}  // namespace
}  // namespace chat::http
