#include "loadgen/virtual_user.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/upgrade.h"
#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "protocol/websocket/close_code.h"
#include "protocol/websocket/frame_writer.h"
#include "protocol/websocket/handshake.h"
#include "protocol/websocket/message_reader.h"
#include "protocol/websocket/opcode.h"

namespace chat::loadgen {
namespace {

UpgradeOffer SomeOffer() {
  return {.host = "127.0.0.1:8080",
          .encoding = Encoding::kProtobuf,
          .ticket = "",
          .access_token = "token",
          .nonce = 1};
}

std::string Greeting(const VirtualUser& user) {
  const std::string request = user.Start();
  const std::string_view key = *FindHeader(request, "sec-websocket-key");
  return "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " + websocket::AcceptKey(key) +
         "\r\nSec-WebSocket-Protocol: chat.v1.protobuf\r\n\r\n";
}

std::string Encode(const v1::ServerFrame& frame) {
  return websocket::EncodeFrame(websocket::Opcode::kBinary,
                                EncodeServerFrame(Encoding::kProtobuf, frame));
}

std::string Welcome() {
  v1::ServerFrame frame;
  frame.mutable_welcome()->set_heartbeat_interval_ms(5000);
  return Encode(frame);
}

std::string HeartbeatAck() {
  v1::ServerFrame frame;
  frame.mutable_heartbeat_ack();
  return Encode(frame);
}

// Gives `bytes` to `user`; returns what it answers.
std::string Feed(VirtualUser& user, std::string bytes) {
  std::string out;
  user.Receive(bytes, out);
  return out;
}

VirtualUser LiveUser() {
  VirtualUser user(SomeOffer());
  Feed(user, Greeting(user) + Welcome());
  return user;
}

TEST(VirtualUserTest, IsLiveAfterTheWelcome) {
  VirtualUser user(SomeOffer());

  Feed(user, Greeting(user));
  EXPECT_EQ(user.state(), UserState::kGreeting);
  Feed(user, Welcome());

  EXPECT_EQ(user.state(), UserState::kLive);
  EXPECT_EQ(user.heartbeat_interval(), std::chrono::milliseconds(5000));
}

TEST(VirtualUserTest, TakesTheWelcomeThatArrivesWithTheGreeting) {
  EXPECT_EQ(LiveUser().state(), UserState::kLive);
}

TEST(VirtualUserTest, CountsHeartbeatsAndTheirAnswers) {
  VirtualUser user = LiveUser();
  std::string out;

  user.Beat(out);
  user.Beat(out);
  Feed(user, HeartbeatAck());

  EXPECT_EQ(user.beats_sent(), 2u);
  EXPECT_EQ(user.beats_answered(), 1u);
}

TEST(VirtualUserTest, SendsHeartbeatsThatAServerUnderstands) {
  VirtualUser user = LiveUser();
  std::string out;

  user.Beat(out);

  websocket::MessageReader server(websocket::Role::kServer);
  std::span<char> input(out);
  const auto received = server.Next(input);
  ASSERT_TRUE(received && std::holds_alternative<websocket::Message>(*received));
  const auto frame =
      DecodeClientFrame(Encoding::kProtobuf, std::get<websocket::Message>(*received).payload);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->has_heartbeat());
}

TEST(VirtualUserTest, SaysFramesThatAServerUnderstands) {
  const VirtualUser user = LiveUser();
  v1::ClientFrame frame;
  frame.mutable_send()->set_text("hi");
  std::string out;

  user.Say(frame, out);

  websocket::MessageReader server(websocket::Role::kServer);
  std::span<char> input(out);
  const auto received = server.Next(input);
  ASSERT_TRUE(received && std::holds_alternative<websocket::Message>(*received));
  const auto heard =
      DecodeClientFrame(Encoding::kProtobuf, std::get<websocket::Message>(*received).payload);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->send().text(), "hi");
}

TEST(VirtualUserTest, TellsItsListenerWhatItHears) {
  struct Ears final : FrameListener {
    void Heard(const v1::ServerFrame& frame) override { seqs.push_back(frame.message().seq()); }
    std::vector<std::int64_t> seqs;
  } listener;
  v1::ServerFrame first;
  first.mutable_message()->set_seq(1);
  v1::ServerFrame second;
  second.mutable_message()->set_seq(2);
  VirtualUser user(SomeOffer());
  // All of it at once: also what came with the answer to the upgrade is heard.
  std::string bytes = Greeting(user) + Welcome() + Encode(first) + HeartbeatAck() + Encode(second);
  std::string out;

  user.Receive(bytes, out, &listener);

  EXPECT_EQ(listener.seqs, (std::vector<std::int64_t>{1, 2}));
}

TEST(VirtualUserTest, DoesNotBeatBeforeTheWelcome) {
  VirtualUser user(SomeOffer());
  std::string out;

  user.Beat(out);

  EXPECT_EQ(out, "");
  EXPECT_EQ(user.beats_sent(), 0u);
}

TEST(VirtualUserTest, AnswersPings) {
  VirtualUser user = LiveUser();

  std::string out = Feed(user, websocket::EncodeFrame(websocket::Opcode::kPing, "hello"));

  websocket::MessageReader server(websocket::Role::kServer);
  std::span<char> input(out);
  const auto received = server.Next(input);
  ASSERT_TRUE(received && std::holds_alternative<websocket::Pong>(*received));
  EXPECT_EQ(std::get<websocket::Pong>(*received).payload, "hello");
}

TEST(VirtualUserTest, EndsWhenItIsRefused) {
  VirtualUser user(SomeOffer());

  Feed(user, "HTTP/1.1 503 Service Unavailable\r\n\r\n");

  EXPECT_EQ(user.state(), UserState::kEnded);
  EXPECT_EQ(user.refused_status(), 503);
}

TEST(VirtualUserTest, EndsWhenItIsClosed) {
  VirtualUser user = LiveUser();
  std::string close;
  websocket::AppendClose(close, websocket::CloseCode::kServerRestart, "");

  Feed(user, close);

  EXPECT_EQ(user.state(), UserState::kEnded);
}

}  // namespace
}  // namespace chat::loadgen
