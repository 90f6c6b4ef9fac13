#include "tests/harness/chat_client.h"

#include <cstring>
#include <span>
#include <utility>

#include "loadgen/upgrade.h"
#include "protocol/websocket/close_payload.h"
#include "protocol/websocket/frame_error.h"
#include "protocol/websocket/frame_header.h"
#include "protocol/websocket/frame_writer.h"
#include "protocol/websocket/masking.h"

namespace chat::testing {
namespace {

websocket::Opcode OpcodeFor(Encoding encoding) {
  return encoding == Encoding::kJson ? websocket::Opcode::kText : websocket::Opcode::kBinary;
}

websocket::MaskingKey NextMask(std::minstd_rand& random) {
  const auto number = static_cast<std::uint32_t>(random());
  websocket::MaskingKey key;
  std::memcpy(key.data(), &number, sizeof(number));
  return key;
}

}  // namespace

std::expected<ChatClient, Refused> ChatClient::Connect(const Endpoint& server,
                                                       const ConnectOptions& options) {
  const Deadline deadline(options.patience);
  const loadgen::UpgradeOffer offer{.host = server.ToString(),
                                    .encoding = options.encoding,
                                    .ticket = options.ticket,
                                    .access_token = options.access_token,
                                    .nonce = 1};
  Socket socket = Socket::Connect(server, options.socket);
  socket.Send(loadgen::MakeUpgradeRequest(offer), deadline);
  loadgen::UpgradeAnswer answer(offer);
  while (true) {
    std::string bytes;
    if (socket.Receive(bytes, deadline) != ReceiveOutcome::kBytes) {
      throw Surprise("the upgrade was not answered");
    }
    switch (answer.Feed(bytes)) {
      case loadgen::UpgradeProgress::kIncomplete:
        continue;
      case loadgen::UpgradeProgress::kRefused:
        return std::unexpected(Refused{answer.status()});
      case loadgen::UpgradeProgress::kAccepted:
        return ChatClient(std::move(socket), options.encoding, std::string(answer.rest()));
    }
  }
}

ChatClient::ChatClient(Socket socket, Encoding encoding, std::string early)
    : socket_(std::move(socket)),
      encoding_(encoding),
      reader_(websocket::Role::kClient),
      arrived_(std::move(early)) {}

void ChatClient::Send(const v1::ClientFrame& frame) {
  order_.Sent(frame);
  SendFrame(OpcodeFor(encoding_), EncodeClientFrame(encoding_, frame));
}

void ChatClient::SendTogether(const std::vector<v1::ClientFrame>& frames) {
  std::string bytes;
  for (const v1::ClientFrame& frame : frames) {
    order_.Sent(frame);
    AppendFrame(bytes, OpcodeFor(encoding_), EncodeClientFrame(encoding_, frame));
  }
  socket_.Send(bytes, Deadline());
}

void ChatClient::SendRaw(websocket::Opcode opcode, std::string_view payload) {
  SendFrame(opcode, payload);
}

void ChatClient::SendClose(websocket::CloseCode code) {
  SendFrame(websocket::Opcode::kClose, websocket::EncodeClosePayload(code, ""));
}

void ChatClient::SendFrame(websocket::Opcode opcode, std::string_view payload) {
  std::string bytes;
  AppendFrame(bytes, opcode, payload);
  socket_.Send(bytes, Deadline());
}

void ChatClient::AppendFrame(std::string& bytes, websocket::Opcode opcode,
                             std::string_view payload) {
  websocket::AppendMaskedFrame(bytes, opcode, payload, NextMask(masks_));
}

std::expected<v1::ServerFrame, Ended> ChatClient::Receive(const Deadline& deadline) {
  while (true) {
    if (ended_) return std::unexpected(*ended_);
    if (auto step = TakeStep()) {
      if (auto* frame = std::get_if<v1::ServerFrame>(&*step)) return std::move(*frame);
      ended_ = std::get<Ended>(*step);
      continue;
    }
    switch (socket_.Receive(arrived_, deadline)) {
      case ReceiveOutcome::kBytes:
        break;
      case ReceiveOutcome::kEnd:
        ended_ = Ended{};
        break;
      case ReceiveOutcome::kNothing:
        throw Surprise("no frame came in time");
    }
  }
}

std::optional<v1::ServerFrame> ChatClient::ReceiveIfThere() {
  while (!ended_) {
    if (auto step = TakeStep()) {
      if (auto* frame = std::get_if<v1::ServerFrame>(&*step)) return std::move(*frame);
      ended_ = std::get<Ended>(*step);
    } else {
      const auto outcome = socket_.Receive(arrived_, Deadline(std::chrono::milliseconds(0)));
      if (outcome == ReceiveOutcome::kEnd) ended_ = Ended{};
      if (outcome != ReceiveOutcome::kBytes) return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<ChatClient::Step> ChatClient::TakeStep() {
  while (true) {
    std::span<char> unread = std::span(arrived_).subspan(read_);
    const auto received = reader_.Next(unread);
    read_ = arrived_.size() - unread.size();
    if (!received) break;
    if (auto step = Handle(*received)) return step;
  }
  arrived_.clear();
  read_ = 0;
  return std::nullopt;
}

std::optional<ChatClient::Step> ChatClient::Handle(const websocket::Received& received) {
  if (const auto* message = std::get_if<websocket::Message>(&received)) return Decode(*message);
  if (const auto* ping = std::get_if<websocket::Ping>(&received)) {
    SendFrame(websocket::Opcode::kPong, ping->payload);
  } else if (const auto* close = std::get_if<websocket::Close>(&received)) {
    SendFrame(websocket::Opcode::kClose, "");
    return Ended{.code = close->code};
  } else if (const auto* violation = std::get_if<websocket::Violation>(&received)) {
    throw Surprise("the server broke the protocol: " +
                   std::string(websocket::Describe(violation->error)));
  }
  return std::nullopt;
}

v1::ServerFrame ChatClient::Decode(const websocket::Message& message) {
  const auto expected_kind = encoding_ == Encoding::kJson ? websocket::MessageKind::kText
                                                          : websocket::MessageKind::kBinary;
  if (message.kind != expected_kind) throw Surprise("a frame of the other encoding's type");
  auto frame = DecodeServerFrame(encoding_, message.payload);
  if (!frame) throw Surprise("a frame that does not decode: " + frame.error().refusal.detail);
  if (const auto broken = order_.Received(*frame)) throw Surprise(*broken);
  return *std::move(frame);
}

}  // namespace chat::testing
