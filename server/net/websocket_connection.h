// One WebSocket on its socket: received bytes become messages for the hub, and the hub's outbox
// becomes writes. A state machine without coroutine, timer or buffer of its own while it is idle:
// thousands of them are. What messages mean is the hub's, when to call what is ConnectionTable's.
// Source: RFC 6455 §5.5, §7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/websocket/message_reader.h"
#include "server/core/connection.h"
#include "server/core/moment.h"
#include "server/core/peer.h"
#include "server/net/connection_ended.h"
#include "server/net/connection_shared.h"
#include "server/net/ip_address.h"
#include "server/net/new_websocket.h"
#include "server/net/poller.h"
#include "server/net/transport.h"

namespace chat::net {

// Thread: the shard's. Lifetime: owned by the ConnectionTable; `shared` outlives it. Its address is
// its token in the poller and what the hub knows as its Peer.
class WebSocketConnection final : public Peer {
 public:
  WebSocketConnection(Transport transport, IpAddress client_address, ConnectionShared& shared);
  ~WebSocketConnection() override;

  // Joins the hub, writes the greeting and takes what was received early. Called once, before all
  // else.
  void Open(NewWebSocket made);

  // Of Peer, called by the hub.
  void OutputReady() override;
  void Close(websocket::CloseCode code, std::string_view reason) override;

  // The poller found it ready.
  void HandleReady(const Ready& ready);

  // Writes what waits, as far as the socket takes it. Called at the end of a turn after to_flush
  // named it.
  void Flush();

  // Acts on deadlines that passed. Called at each sweep while to_check names it; false once there
  // is nothing to check any more.
  bool CheckDeadlines();

  // Ends it from our side.
  void EndWith(websocket::CloseCode code, std::string_view reason);

  // Leaves the hub without a word, for the end of the table.
  void Abandon();

  bool has_ended() const { return state_ == State::kEnded; }

  // Its place in the table, for its removal.
  std::uint32_t index = 0;

 private:
  enum class State : std::uint8_t {
    kOpen,
    kFlushing,   // closing: the outbox goes first
    kClosing,    // no longer the hub's: our last bytes go, the close frame at their end
    kLingering,  // all is written: waits for the client to close too
    kEnded,
  };

  // What only connections that end need.
  struct Ending {
    EndedBy by = EndedBy::kServer;
    std::optional<websocket::CloseCode> code;
    std::string reason;
    Instant deadline;
    SessionOwner owner = {};  // once it left the hub
  };

  // Bytes that go besides the outbox: the 101, a pong, the close frame.
  struct OwnOutput {
    std::string bytes;                        // not yet written
    std::size_t pong_at = std::string::npos;  // where a pong that may still be replaced begins
  };

  void Receive();
  void Take(std::span<char> input);
  void Handle(const websocket::Received& received);
  void HandlePing(std::string_view payload);
  void HandleClose(const websocket::Close& close);
  void Linger();

  std::size_t Gather(std::span<std::string_view> parts);
  void Consume(std::size_t bytes, std::span<const std::string_view> parts);
  void ConsumeOwn(std::size_t bytes);
  bool WriteAll();
  void StartClosing();
  void LeaveHub();
  std::string TakeRestOfFrame();
  void End(EndedBy by, std::string_view reason);
  void Report() const;

  void MarkForFlush();
  void MarkForCheck();
  void MarkBlocked();
  void UpdateInterest();
  OwnOutput& Own();

  ConnectionShared& shared_;
  Connection* connection_ = nullptr;  // until it leaves the hub
  websocket::MessageReader reader_;
  std::unique_ptr<Ending> ending_;
  std::unique_ptr<OwnOutput> own_;
  IpAddress client_address_;
  Instant opened_at_;
  Instant blocked_since_{};  // while is_blocked_: since then too little was written
  Instant message_since_{};  // while is_in_message_: when the unfinished message began
  Transport transport_;
  std::uint32_t progress_bytes_ = 0;  // written since blocked_since_
  std::uint16_t pings_ = 0;           // since the last sweep
  Interest interest_ = Interest::kRead;
  State state_ = State::kOpen;
  bool is_blocked_ : 1 = false;
  bool is_in_message_ : 1 = false;
  bool is_throttled_ : 1 = false;
  bool is_mid_frame_ : 1 = false;  // the outbox's first frame is partly written
  bool is_to_flush_ : 1 = false;
  bool is_to_check_ : 1 = false;
};

// Every idle client pays for this.
static_assert(sizeof(WebSocketConnection) <= 176);

}  // namespace chat::net
