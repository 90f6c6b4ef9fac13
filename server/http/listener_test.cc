#include "server/http/listener.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <string>

#include "server/http/test_server.h"

namespace chat::http {
namespace {

// Lowers the number of files that the process may open to what it has open; undone at the end.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const net::FileDescriptor next(::dup(0));
    rlimit exhausted = before_;
    exhausted.rlim_cur = static_cast<rlim_t>(next.number());
    ::setrlimit(RLIMIT_NOFILE, &exhausted);
  }
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_ = {};
};

TEST(ListenerTest, PausesWhenFilesRunOutAndGoesOnWhenTheyAreBack) {
  std::atomic<int> pauses = 0;
  std::promise<std::string> why;
  ServerOptions options;
  options.on_accept_pause = [&](std::string_view reason) {
    if (pauses++ == 0) why.set_value(std::string(reason));
  };
  TestServer server(Router(), std::move(options));
  RawClient client;

  {
    const NoMoreFiles exhausted;
    ASSERT_TRUE(client.Connect(server.port()));
    EXPECT_EQ(why.get_future().get(), "Too many open files");
  }
  client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(StatusesIn(client.ReadToEnd()), "404");
  EXPECT_EQ(pauses, 1);
}

TEST(ListenerTest, RefusesConnectionsOnceItIsClosed) {
  TestServer server(Router(), {});
  const std::uint16_t port = server.port();
  server.Await([&] { return server.server().Stop(std::chrono::seconds(1)); });

  EXPECT_FALSE(RawClient().Connect(port));
}

}  // namespace
}  // namespace chat::http
