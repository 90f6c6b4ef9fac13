#include "server/redis/stream.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chat::redis {
namespace {

class StreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    asio::local::stream_protocol::socket ours(io_context_);
    asio::local::connect_pair(ours, server_);
    auto made = Stream::Make(Stream::Socket(std::move(ours)), nullptr);
    ASSERT_TRUE(made) << made.error();
    stream_ = *std::move(made);
    stream_->Start({
        .on_reply =
            [this](const redisReply& reply) {
              replies_.emplace_back(reply.str, reply.len);
              if (replies_.back() == "close") stream_->Close();
            },
        .on_broken = [this](std::string why) { broken_.push_back(std::move(why)); },
    });
  }

  // What is ready to run now.
  void Run() {
    io_context_.restart();
    io_context_.poll();
  }

  void Receive(std::string_view bytes) {
    asio::write(server_, asio::buffer(bytes));
    Run();
  }

  std::string Sent() {
    std::string bytes(65'536, '\0');
    bytes.resize(server_.read_some(asio::buffer(bytes)));
    return bytes;
  }

  void Send(std::vector<std::string_view> command) { stream_->Send(command); }

  asio::io_context io_context_;
  asio::local::stream_protocol::socket server_{io_context_};
  std::unique_ptr<Stream> stream_;
  std::vector<std::string> replies_;
  std::vector<std::string> broken_;
};

TEST_F(StreamTest, CommandsOfOneTurnLeaveTogetherWhenItEnds) {
  Send({"PUBLISH", "channel", std::string_view("a\0\r\n", 4)});
  Send({"PING"});
  EXPECT_EQ(server_.available(), 0u);

  Run();

  EXPECT_EQ(Sent(), std::string_view("*3\r\n$7\r\nPUBLISH\r\n$7\r\nchannel\r\n$4\r\na\0\r\n\r\n"
                                     "*1\r\n$4\r\nPING\r\n",
                                     54));
}

TEST_F(StreamTest, RepliesMayComeByteByByte) {
  for (const char byte : std::string("+first\r\n$6\r\nse\r\nnd\r\n-third\r\n")) {
    Receive(std::string_view(&byte, 1));
  }
  EXPECT_EQ(replies_, (std::vector<std::string>{"first", "se\r\nnd", "third"}));
  EXPECT_TRUE(broken_.empty());
}

TEST_F(StreamTest, ManyRepliesMayComeAtOnce) {
  Receive("+a\r\n+b\r\n+c\r\n");
  EXPECT_EQ(replies_, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(StreamTest, ClosedWithinAReplyTellsNothingMore) {
  Receive("+close\r\n+more\r\n");
  Send({"PING"});
  Run();
  EXPECT_EQ(replies_, std::vector<std::string>{"close"});
  EXPECT_TRUE(broken_.empty());
}

TEST_F(StreamTest, EndOfTheOtherSideIsToldOnce) {
  Receive("+a\r\n");
  server_.close();
  Run();
  Send({"PING"});
  Run();
  EXPECT_EQ(replies_, std::vector<std::string>{"a"});
  EXPECT_EQ(broken_, std::vector<std::string>{"it closed the connection"});
}

TEST_F(StreamTest, BytesThatAreNoReplyBreakIt) {
  Receive("+a\r\nhello\r\n");
  EXPECT_EQ(replies_, std::vector<std::string>{"a"});
  EXPECT_EQ(broken_, std::vector<std::string>{"it does not speak Redis' protocol"});
}

TEST_F(StreamTest, WhatTheSystemDoesNotTakeAtOnceFollowsWhenItDoes) {
  const std::string large(std::size_t{8} << 20, 'x');
  Send({"SET", "key", large});
  Run();
  std::string sent;
  while (!sent.ends_with("x\r\n")) {
    sent += Sent();
    Run();
  }
  EXPECT_GT(sent.size(), large.size());
  EXPECT_TRUE(broken_.empty());
}

}  // namespace
}  // namespace chat::redis
