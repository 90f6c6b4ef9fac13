// Sessions over real sockets: order, keep-alive, deadlines and drain. What is malformed is covered
// by request_reader_test.cc.
#include "server/http/session.h"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>

#include "server/http/test_server.h"

namespace chat::http {
namespace {

using std::chrono::milliseconds;

asio::awaitable<Response> Echo(Request request) {
  co_return TextResponse(Status::kOk, "<" + std::string(request.capture("name")) + ":" +
                                          std::string(request.body()) + ">");
}

asio::awaitable<Response> Throw(Request) {
  throw std::runtime_error("a bug");
  co_return Response();
}

// More than the kernel takes for a client that does not read.
asio::awaitable<Response> AnswerMuch(Request) {
  co_return TextResponse(Status::kOk, std::string(32 << 20, 'x'));
}

Router MakeRouter() {
  Router router;
  router.Add({.method = Method::kGet, .pattern = "/echo/{name}", .handler = Echo});
  router.Add(
      {.method = Method::kPost, .pattern = "/echo/{name}", .handler = Echo, .body_bytes_max = 100});
  router.Add({.method = Method::kGet, .pattern = "/throw", .handler = Throw});
  router.Add({.method = Method::kGet, .pattern = "/much", .handler = AnswerMuch});
  return router;
}

// Short deadlines, so that the tests that wait for them end soon.
ServerOptions ShortDeadlines() {
  ServerOptions options;
  options.session.timeouts = {.head = milliseconds(200),
                              .body = milliseconds(200),
                              .write = milliseconds(200),
                              .idle = milliseconds(200),
                              .linger = milliseconds(200)};
  return options;
}

std::string Get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

TEST(HttpSessionTest, AnswersAndKeepsTheConnection) {
  TestServer server(MakeRouter(), {});
  RawClient client(server.port());

  client.Send(Get("/echo/a"));
  const std::string first = client.ReadUntil("<a:>");
  client.Send("POST /echo/b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
  const std::string second = client.ReadUntil("<b:hi>");

  EXPECT_TRUE(first.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << first;
  EXPECT_TRUE(first.contains("\r\nContent-Length: 4\r\n")) << first;
  EXPECT_TRUE(first.contains("\r\nConnection: keep-alive\r\n")) << first;
  EXPECT_EQ(StatusesIn(second), "200");
}

TEST(HttpSessionTest, AnswersPipelinedRequestsInOrder) {
  TestServer server(MakeRouter(), {});
  RawClient client(server.port());

  client.Send(Get("/echo/a") + Get("/none") + Get("/echo/c"));
  const std::string answers = client.ReadUntil("<c:>");

  EXPECT_EQ(StatusesIn(answers), "200 404 200");
  EXPECT_LT(answers.find("<a:>"), answers.find("<c:>"));
}

TEST(HttpSessionTest, ClosesWhenTheClientAsksForIt) {
  TestServer server(MakeRouter(), {});
  RawClient client(server.port());

  client.Send("GET /echo/a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

  EXPECT_TRUE(client.ReadToEnd().contains("\r\nConnection: close\r\n"));
}

TEST(HttpSessionTest, AnswersHeadWithoutABody) {
  TestServer server(MakeRouter(), {});
  RawClient client(server.port());

  client.Send("HEAD /echo/a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string answer = client.ReadToEnd();

  EXPECT_TRUE(answer.contains("\r\nContent-Length: 4\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(HttpSessionTest, NamesTheMethodsThatAPathHas) {
  TestServer server(MakeRouter(), {});
  for (const std::string method : {"DELETE", "TRACE", "OPTIONS"}) {
    RawClient client(server.port());

    client.Send(method + " /echo/a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const std::string answer = client.ReadToEnd();

    EXPECT_EQ(StatusesIn(answer), "405") << method;
    EXPECT_TRUE(answer.contains("\r\nAllow: GET, POST\r\n")) << answer;
    EXPECT_TRUE(answer.contains(R"("code":"method_not_allowed")")) << answer;
  }
}

TEST(HttpSessionTest, RefusesABodyOverTheLimitOfItsRouteAndCloses) {
  TestServer server(MakeRouter(), {});
  RawClient client(server.port());

  client.Send("POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n" +
              std::string(101, 'x'));

  EXPECT_EQ(StatusesIn(client.ReadToEnd()), "413");
}

TEST(HttpSessionTest, RefusesABodyThatTheShardHasNoMemoryFor) {
  ServerOptions options;
  options.session.body_bytes_max = 150;
  TestServer server(MakeRouter(), std::move(options));
  const std::string request = "POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n";
  RawClient slow(server.port());
  slow.Send(request + "Expect: 100-continue\r\n\r\n");
  slow.ReadUntil("100 Continue");

  RawClient second(server.port());
  second.Send(request + "\r\n");
  EXPECT_EQ(StatusesIn(second.ReadToEnd()), "503");

  slow.Send(std::string(100, 'x'));
  EXPECT_EQ(StatusesIn(slow.ReadUntil("x>")), "200");
  RawClient third(server.port());
  third.Send(request + "\r\n" + std::string(100, 'y'));
  EXPECT_EQ(StatusesIn(third.ReadUntil("y>")), "200");
}

TEST(HttpSessionTest, AsksForABodyThatWaitsToBeAskedFor) {
  TestServer server(MakeRouter(), {});
  RawClient client(server.port());

  client.Send(
      "POST /echo/a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(StatusesIn(client.ReadUntil("\r\n\r\n")), "100");
  client.Send("hi");

  EXPECT_EQ(StatusesIn(client.ReadUntil("<a:hi>")), "200");
}

TEST(HttpSessionTest, AnswersAMalformedRequestOnceAndServesNothingBehindIt) {
  TestServer server(MakeRouter(), {});
  RawClient client(server.port());

  client.Send("GET /echo/a HTTP/1.1\r\nHost : h\r\n\r\n" + Get("/echo/b"));
  const std::string answer = client.ReadToEnd();

  EXPECT_EQ(StatusesIn(answer), "400");
  EXPECT_FALSE(answer.contains("<b:>"));
}

TEST(HttpSessionTest, ClosesAConnectionThatSendsNothing) {
  TestServer server(MakeRouter(), ShortDeadlines());
  RawClient client(server.port());

  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(HttpSessionTest, GivesUpOnAHeadThatDoesNotEnd) {
  TestServer server(MakeRouter(), ShortDeadlines());
  RawClient client(server.port());

  client.Send("GET / HTTP/1.1\r\nHos");

  EXPECT_EQ(StatusesIn(client.ReadToEnd()), "408");
}

TEST(HttpSessionTest, GivesUpOnABodyThatDoesNotEnd) {
  TestServer server(MakeRouter(), ShortDeadlines());
  RawClient client(server.port());

  client.Send("POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nhi");

  EXPECT_EQ(StatusesIn(client.ReadToEnd()), "408");
}

TEST(HttpSessionTest, GivesUpOnAClientThatDoesNotRead) {
  TestServer server(MakeRouter(), ShortDeadlines());
  RawClient client(server.port());

  client.Send(Get("/much"));

  EXPECT_TRUE(client.WaitForReset());
}

TEST(HttpSessionTest, SendsALargeAnswerToAClientThatReads) {
  TestServer server(MakeRouter(), {});
  RawClient client(server.port());

  client.Send("GET /much HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string answer = client.ReadToEnd();

  EXPECT_GT(answer.size(), std::size_t{32} << 20);
  EXPECT_TRUE(answer.ends_with("xxx"));
}

TEST(HttpSessionTest, ReportsWhatAHandlerThrewAndEndsTheConnection) {
  std::promise<std::string> failure;
  ServerOptions options;
  options.on_failure = [&](std::string_view what) { failure.set_value(std::string(what)); };
  TestServer server(MakeRouter(), std::move(options));
  RawClient client(server.port());

  client.Send(Get("/throw"));

  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(failure.get_future().get(), "a bug");
}

TEST(HttpSessionTest, AnswersCanBeMadeTheLastOnesOfTheirConnections) {
  TestServer server(MakeRouter(), {});
  RawClient client(server.port());
  client.Send(Get("/echo/a"));
  client.ReadUntil("<a:>");

  server.OnShard([&] { server.server().CloseAfterAnswers(); });

  client.Send(Get("/echo/b"));
  EXPECT_TRUE(client.ReadToEnd().contains("\r\nConnection: close\r\n"));
  RawClient newcomer(server.port());
  newcomer.Send(Get("/echo/c"));
  EXPECT_TRUE(newcomer.ReadToEnd().contains("\r\nConnection: close\r\n"));
}

TEST(HttpSessionTest, DrainEndsIdleConnectionsAndAcceptsNoNewOnes) {
  TestServer server(MakeRouter(), {});
  RawClient idle(server.port());
  idle.Send(Get("/echo/a"));
  idle.ReadUntil("<a:>");

  server.OnShard([&] { server.server().Drain(); });

  EXPECT_EQ(idle.ReadToEnd(), "");
}

TEST(HttpSessionTest, ServesAWaitingClientOnceThereIsRoom) {
  ServerOptions options;
  options.sessions_max = 1;
  TestServer server(MakeRouter(), std::move(options));
  auto first = std::make_unique<RawClient>(server.port());
  first->Send(Get("/echo/a"));
  first->ReadUntil("<a:>");
  RawClient second(server.port());
  second.Send(Get("/echo/b"));

  first.reset();

  EXPECT_EQ(StatusesIn(second.ReadUntil("<b:>")), "200");
}

TEST(HttpSessionTest, ReportsEachAnswerWithItsRoute) {
  std::promise<ServedRequest> reported;
  ServerOptions options;
  options.session.on_served = [&](const ServedRequest& served) { reported.set_value(served); };
  TestServer server(MakeRouter(), std::move(options));
  RawClient client(server.port());

  client.Send(Get("/echo/a?otp=secret"));
  const ServedRequest served = reported.get_future().get();

  EXPECT_EQ(served.pattern, "/echo/{name}");
  EXPECT_EQ(served.status, Status::kOk);
}

}  // namespace
}  // namespace chat::http
