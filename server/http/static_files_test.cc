#include "server/http/static_files.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/http/test_server.h"

namespace chat::http {
namespace {

const std::vector<EmbeddedFile> kFiles = {
    {"/", "text/html; charset=utf-8", "<!doctype html>"},
    {"/app.js", "text/javascript", "let a;"},
};

Router MakeRouter() {
  Router router;
  AddStaticFiles(router, kFiles);
  return router;
}

std::string Fetch(const TestServer& server, std::string_view path, std::string_view fields = "") {
  RawClient client(server.port());
  client.Send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" +
              std::string(fields) + "\r\n");
  return client.ReadToEnd();
}

std::string EtagIn(const std::string& answer) {
  const std::size_t begin = answer.find("ETag: ") + 6;
  return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

TEST(StaticFilesTest, ServesEachFileAsWhatItIs) {
  const TestServer server(MakeRouter(), {});

  const std::string page = Fetch(server, "/");
  const std::string script = Fetch(server, "/app.js");

  EXPECT_TRUE(page.contains("Content-Type: text/html; charset=utf-8\r\n")) << page;
  EXPECT_TRUE(page.ends_with("<!doctype html>")) << page;
  EXPECT_TRUE(script.ends_with("let a;")) << script;
}

TEST(StaticFilesTest, AllowsPagesNothingInlineAndNoFrame) {
  const TestServer server(MakeRouter(), {});

  const std::string page = Fetch(server, "/");

  EXPECT_TRUE(page.contains("Content-Security-Policy: default-src 'none'; script-src 'self';"));
  EXPECT_FALSE(page.contains("unsafe"));
  EXPECT_TRUE(page.contains("X-Frame-Options: DENY\r\n"));
  EXPECT_TRUE(page.contains("X-Content-Type-Options: nosniff\r\n"));
}

TEST(StaticFilesTest, DoesNotSendAgainWhatTheBrowserHas) {
  const TestServer server(MakeRouter(), {});
  const std::string etag = EtagIn(Fetch(server, "/app.js"));

  const std::string again = Fetch(server, "/app.js", "If-None-Match: " + etag + "\r\n");
  const std::string other = Fetch(server, "/", "If-None-Match: " + etag + "\r\n");

  EXPECT_EQ(StatusesIn(again), "304");
  EXPECT_TRUE(again.ends_with("\r\n\r\n")) << again;
  EXPECT_EQ(StatusesIn(other), "200");
}

}  // namespace
}  // namespace chat::http
