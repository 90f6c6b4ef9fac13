// Tests that a private Redis starts, ends in every way that tests need, and answers commands.

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <string>

#include "tests/harness/deadline.h"
#include "tests/harness/redis_server.h"
#include "tests/harness/socket.h"

namespace chat::testing {
namespace {

TEST(RedisServerTest, IsRedis7AndAnswersCommands) {
  const RedisServer server;

  EXPECT_NE(server.Command({"INFO", "server"}).find("redis_version:7.0."), std::string::npos);
  EXPECT_EQ(server.Command({"SET", "a key", "a value"}), "OK");
  EXPECT_EQ(server.Command({"GET", "a key"}), "a value");
  EXPECT_EQ(server.Command({"KEYS", "*"}), "a key\n");
  EXPECT_EQ(server.Command({"INCR", "number"}), "1");

  server.FlushAll();

  EXPECT_EQ(server.Command({"DBSIZE"}), "0");
}

TEST(RedisServerTest, ErrorsAreSurprises) {
  const RedisServer server;
  EXPECT_THROW(server.Command({"NO_SUCH_COMMAND"}), Surprise);
}

TEST(RedisServerTest, KillEndsItAndRestartServesAgain) {
  RedisServer server;
  server.Command({"SET", "key", "lost"});

  server.Kill();
  EXPECT_THROW(server.Command({"PING"}), Surprise);
  server.Restart();

  EXPECT_EQ(server.Command({"GET", "key"}), "");
}

TEST(RedisServerTest, KeepsItsDataWhenASettingSaysSo) {
  RedisServer server({.settings = {"appendonly yes", "appendfsync always"}});
  server.Command({"SET", "key", "kept"});
  server.Kill();
  server.Restart();
  EXPECT_EQ(server.Command({"GET", "key"}), "kept");
  server.Stop();
  server.Restart();
  EXPECT_EQ(server.Command({"GET", "key"}), "kept");
}

TEST(RedisServerTest, FrozenDoesNotAnswerOnLoopbackAndThawedDoes) {
  RedisServer server({.listens_on_tcp = true});
  Socket socket = Socket::Connect({.port = server.port()});

  server.Freeze();
  socket.Send("PING\r\n", Deadline());
  std::string answer;
  EXPECT_EQ(socket.Receive(answer, Deadline(std::chrono::milliseconds(100))),
            ReceiveOutcome::kNothing);
  server.Thaw();

  EXPECT_EQ(socket.Receive(answer, Deadline()), ReceiveOutcome::kBytes);
  EXPECT_EQ(answer, "+PONG\r\n");
}

TEST(RedisServerTest, WrongSettingIsASurpriseAtOnce) {
  EXPECT_THROW(RedisServer({.settings = {"no_such_setting 1"}}), Surprise);
}

}  // namespace
}  // namespace chat::testing
