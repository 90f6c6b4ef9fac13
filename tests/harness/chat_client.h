// A WebSocket client of the chat for tests, in either encoding: it waits for one frame at a time,
// each wait with a deadline. It never reads unless it is asked to, so a test can be a slow reader.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "protocol/websocket/close_code.h"
#include "protocol/websocket/message_reader.h"
#include "protocol/websocket/opcode.h"
#include "tests/harness/deadline.h"
#include "tests/harness/entry_order.h"
#include "tests/harness/socket.h"

namespace chat::testing {

struct ConnectOptions {
  Encoding encoding = Encoding::kJson;
  // One of the two.
  std::string ticket = "";
  std::string access_token = "";
  SocketOptions socket = {};
  // How long the answer to the upgrade may take.
  std::chrono::milliseconds patience = kPatience;
};

// The upgrade was refused with this status.
struct Refused {
  int status = 0;
};

// The connection is over: by a close frame with this code, or without one.
struct Ended {
  std::optional<websocket::CloseCode> code;
};

// Thread: one. Lifetime: the connection's; its end closes the socket without a close frame.
class ChatClient {
 public:
  // Returns when the upgrade was answered.
  static std::expected<ChatClient, Refused> Connect(const Endpoint& server,
                                                    const ConnectOptions& options);

  void Send(const v1::ClientFrame& frame);
  // In one write: they arrive together.
  void SendTogether(const std::vector<v1::ClientFrame>& frames);
  void SendRaw(websocket::Opcode opcode, std::string_view payload);
  void SendClose(websocket::CloseCode code);
  void Reset() { socket_.Reset(); }

  // The next frame, or how the connection ended.
  //
  // Errors: throws Surprise at the deadline, when entries come out of order, and when a frame does
  // not decode.
  std::expected<v1::ServerFrame, Ended> Receive(const Deadline& deadline = Deadline());

  // Reads no further than what has arrived by now, which may be nothing.
  std::optional<v1::ServerFrame> ReceiveIfThere();

  // The connection is over, and all that came before was received.
  bool ended() const { return ended_.has_value(); }

 private:
  ChatClient(Socket socket, Encoding encoding, std::string early);

  using Step = std::variant<v1::ServerFrame, Ended>;
  // Finds the next frame or the end in what has arrived.
  std::optional<Step> TakeStep();
  std::optional<Step> Handle(const websocket::Received& received);
  v1::ServerFrame Decode(const websocket::Message& message);
  void AppendFrame(std::string& bytes, websocket::Opcode opcode, std::string_view payload);
  void SendFrame(websocket::Opcode opcode, std::string_view payload);

  Socket socket_;
  Encoding encoding_;
  websocket::MessageReader reader_;
  EntryOrder order_;
  // Arrived and not read yet; `read_` bytes of it are done with.
  std::string arrived_;
  std::size_t read_ = 0;
  std::minstd_rand masks_;
  std::optional<Ended> ended_;
};

}  // namespace chat::testing
