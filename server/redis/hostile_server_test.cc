// The broadcast with servers that do not keep to Redis' protocol, by mistake or on purpose: it
// never joins them, keeps little of what they send, and tries again.

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/redis/broadcast.h"
#include "server/redis/canary_measures.h"
#include "server/redis/fake_server.h"
#include "server/redis/stream.h"
#include "server/redis/test_node.h"

namespace chat::redis {
namespace {

// To INFO and ROLE, as a master answers.
constexpr std::string_view kGreeting =
    "$19\r\ncluster_enabled:0\r\n\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n";

std::string Word(std::string_view text) {
  return '$' + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

std::string Message(std::string_view channel, std::string_view text) {
  return "*3\r\n" + Word("message") + Word(channel) + Word(text);
}

class HostileServerTest : public ::testing::Test {
 protected:
  // That a server with this script is tried again and never joined; what the node said of it.
  std::string Refuse(FakeScript script) {
    FakeServer server(loop_.io_context(), std::move(script));
    TestNode node(loop_, server.url());
    EXPECT_TRUE(loop_.RunUntil([&] { return server.connections() >= 3; }));
    EXPECT_GE(node.broadcast().counters().reconnects, 1u);
    EXPECT_EQ(node.listener().joined(), 0);
    EXPECT_EQ(node.broadcast().state().status, BroadcastStatus::kUnavailable);
    flooded_bytes_max_ = server.flooded_bytes_max();
    return node.detail();
  }

  std::string RefuseAnswer(const std::string& answer) {
    return Refuse({.answer = [&](const std::string&) { return answer; }, .flood = {}});
  }

  TestLoop loop_;
  std::size_t flooded_bytes_max_ = 0;
};

TEST_F(HostileServerTest, AnswersThatAreNotRedisAreNotJoined) {
  for (const std::string_view answer : {"HTTP/1.1 400 Bad Request\r\n\r\n",
                                        "garbage without an end\r\n",
                                        "+OK\r\n+OK\r\n",
                                        ":1\r\n:1\r\n",
                                        "*0\r\n*0\r\n",
                                        "*-1\r\n*-1\r\n",
                                        "$-1\r\n$-1\r\n",
                                        ">0\r\n",
                                        "%0\r\n",
                                        "*1\r\n$-1\r\n*1\r\n$-1\r\n",
                                        "$99999999999999999999\r\n",
                                        "$-5\r\n",
                                        "*-5\r\n",
                                        "*4294967295\r\n",
                                        "_\r\n_\r\n",
                                        "-\r\n",
                                        "-ERR\r\n",
                                        "=3\r\ntxt\r\n",
                                        ",x\r\n",
                                        "#x\r\n"}) {
    EXPECT_TRUE(RefuseAnswer(std::string(answer)).contains("is not usable: ")) << answer;
  }
}

TEST_F(HostileServerTest, AnswersAfterAGoodGreetingAreNotTrustedEither) {
  for (const std::string_view answer :
       {"*0\r\n", "+OK\r\n", "*3\r\n:1\r\n:1\r\n:1\r\n", "*3\r\n*0\r\n*0\r\n*0\r\n", ">0\r\n",
        ">1\r\n+x\r\n", "*3\r\n$9\r\nsubscribe\r\n$-1\r\n:1\r\n",
        "*3\r\n$11\r\nunsubscribe\r\n$1\r\nx\r\n:0\r\n", "*3\r\n$7\r\nmessage\r\n$1\r\nx\r\n:0\r\n",
        "*2\r\n$7\r\nmessage\r\n$1\r\nx\r\n", "-ERR\r\n"}) {
    EXPECT_TRUE(
        RefuseAnswer(std::string(kGreeting) + std::string(answer)).contains("is not usable: "))
        << answer;
  }
}

TEST_F(HostileServerTest, HalfAReplyAndTheEndIsTriedAgain) {
  const std::string why = Refuse({.answer = [](const std::string&) { return "$19\r\nclus"; },
                                  .flood = {},
                                  .closes_after_answer = true});
  EXPECT_TRUE(why.ends_with("is not usable: it closed the connection.")) << why;
}

TEST_F(HostileServerTest, HalfAReplyAndSilenceEndsAtTheDeadline) {
  const std::string why = RefuseAnswer("$19\r\nclus");
  EXPECT_TRUE(why.ends_with("is not usable: it does not answer in time.")) << why;
}

TEST_F(HostileServerTest, SilenceEndsAtTheDeadline) {
  const std::string why = RefuseAnswer("");
  EXPECT_TRUE(why.ends_with("is not usable: it does not answer in time.")) << why;
}

// What the system holds on both sides of a connection is more than what we keep.
constexpr std::size_t kSystemBytesMax = std::size_t{32} << 20;

TEST_F(HostileServerTest, HugeTextIsNotKept) {
  const std::string why = Refuse({.answer = [](const std::string&) { return "$536870912\r\n"; },
                                  .flood = std::string(65'536, 'x')});
  EXPECT_TRUE(why.ends_with("is not usable: it sends a reply that is too large.")) << why;
  EXPECT_LE(flooded_bytes_max_, kReplyBytesMax + kSystemBytesMax);
}

TEST_F(HostileServerTest, LineWithoutAnEndIsNotKept) {
  const std::string why =
      Refuse({.answer = [](const std::string&) { return "+"; }, .flood = std::string(65'536, 'x')});
  EXPECT_TRUE(why.contains("is not usable: ")) << why;
  EXPECT_LE(flooded_bytes_max_, kReplyBytesMax + kSystemBytesMax);
}

TEST_F(HostileServerTest, ListsWithinListsAreNotFollowed) {
  const std::string why = Refuse(
      {.answer = [](const std::string&) { return "*1\r\n"; }, .flood = "*1\r\n*1\r\n*1\r\n"});
  EXPECT_TRUE(why.ends_with("is not usable: it sends a reply that is too large.")) << why;
}

TEST_F(HostileServerTest, ListsThatPromiseManyElementsAreNotBelieved) {
  std::string lists = "*4000\r\n";
  for (int count = 0; count < 4000; ++count) lists += "*4000\r\n";
  const std::string why = RefuseAnswer(lists);
  EXPECT_TRUE(why.ends_with("is not usable: it does not speak Redis' protocol.")) << why;
}

TEST_F(HostileServerTest, EchoOfThePasswordIsNotRepeated) {
  FakeServer server(loop_.io_context(),
                    {.answer = [](const std::string&) { return "-ERR hunter2\r\n"; }, .flood = {}});
  TestNode node(loop_, "redis://:hunter2@" + server.url().substr(8));
  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));
  EXPECT_TRUE(node.detail().ends_with("is not usable: it answers with an error.")) << node.detail();
}

TEST_F(HostileServerTest, SentinelsThatTellNonsenseAreTriedAgain) {
  for (const std::string_view answer :
       {"*2\r\n$0\r\n\r\n$1\r\n1\r\n", "*2\r\n$1\r\nh\r\n$1\r\n0\r\n",
        "*2\r\n$1\r\nh\r\n$5\r\n65536\r\n", "*2\r\n:1\r\n:1\r\n", "+OK\r\n", "*2\r\n$-1\r\n$-1\r\n",
        "*3\r\n+a\r\n+b\r\n+c\r\n"}) {
    FakeServer server(
        loop_.io_context(),
        {.answer = [&](const std::string&) { return "+PONG\r\n" + std::string(answer); },
         .flood = {}});
    TestNode node(loop_, "redis+sentinel://" + server.url().substr(8) + "/the-master");
    EXPECT_TRUE(loop_.RunUntil([&] { return server.connections() >= 2; }));
    EXPECT_TRUE(node.detail().ends_with("is not usable: it does not answer as a sentinel does."))
        << node.detail();
  }
}

// A Redis of the test's: it answers each command as `kGreeting` says, and to subscriptions and what
// is published as the test wants.
class ObedientRedis {
 public:
  std::string AnswerTo(const std::string& received) {
    std::string answer;
    if (received.contains("INFO")) answer += kGreeting;
    for (std::size_t at = 0; (at = received.find("SUBSCRIBE\r\n$", at)) != received.npos; ++at) {
      channel_ = NextWord(received, at + 11);
      answer += "*3\r\n" + Word("subscribe") + Word(channel_) + ":1\r\n";
    }
    if (received.contains("SUBSCRIBE")) answer += after_subscription;
    const std::size_t published = received.find("PUBLISH\r\n");
    if (published != received.npos) answer += ":1\r\n";
    if (published != received.npos && received.contains("ROLE")) {
      answer += "*3\r\n" + Word("master") + ":0\r\n*0\r\n";
    }
    return answer;
  }

  // The last channel that was subscribed: the canary's.
  const std::string& channel() const { return channel_; }

  std::string after_subscription;

 private:
  // The text of "$5\r\nhello\r\n" at `at`.
  static std::string NextWord(const std::string& received, std::size_t at) {
    const std::size_t begin = received.find("\r\n", at) + 2;
    return received.substr(begin, received.find("\r\n", begin) - begin);
  }

  std::string channel_;
};

TEST_F(HostileServerTest, RedisThatTakesMessagesAndSpreadsNoneIsNotJoined) {
  ObedientRedis redis;
  FakeServer server(
      loop_.io_context(),
      {.answer = [&](const std::string& received) { return redis.AnswerTo(received); },
       .flood = {}});
  TestNode node(loop_, server.url());

  ASSERT_TRUE(node.Becomes(BroadcastStatus::kUnavailable));

  EXPECT_TRUE(node.detail().ends_with(": what is said through it is not heard back."))
      << node.detail();
  EXPECT_EQ(node.listener().joined(), 0);
  const CanaryMeasures& canary = node.broadcast().counters().canary;
  EXPECT_EQ(canary.silences, 1u);
  EXPECT_GE(canary.said, 3u);
  EXPECT_EQ(canary.heard, 0u);
}

TEST_F(HostileServerTest, WhatIsHeardBeforeItHasJoinedIsToldAfterwardsInOrder) {
  ObedientRedis redis;
  std::optional<TestNode> node;
  redis.after_subscription = Message("chat:0:nodes", "first") + Message("chat:0:nodes", "second");
  FakeServer server(loop_.io_context(), {.answer =
                                             [&](const std::string& received) {
                                               std::string answer = redis.AnswerTo(received);
                                               if (received.contains("SUBSCRIBE")) {
                                                 // As if the first of its own came back.
                                                 EXPECT_EQ(node->listener().joined(), 0);
                                                 answer += Message(redis.channel(), "1");
                                                 answer += Message("chat:0:nodes", "third");
                                               }
                                               return answer;
                                             },
                                         .flood = {}});

  node.emplace(loop_, server.url());

  ASSERT_TRUE(node->IsJoined()) << node->detail();
  EXPECT_TRUE(node->HasHeard("third"));
  EXPECT_EQ(node->listener().heard(), (std::vector<std::string>{"first", "second", "third"}));
}

}  // namespace
}  // namespace chat::redis
