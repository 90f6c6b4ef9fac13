// One WebSocket as core sees it: whose it is, what waits to be written, and what it asked for.
// It decides nothing; the hub does.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "protocol/envelope.h"
#include "protocol/ids.h"
#include "server/core/connection_handle.h"
#include "server/core/deadline_wheel.h"
#include "server/core/departure.h"
#include "server/core/moment.h"
#include "server/core/outbox.h"
#include "server/core/peer.h"
#include "server/core/presence_change.h"
#include "server/core/shared_frame.h"
#include "server/core/sync_state.h"
#include "server/ports/sessions.h"

namespace chat {

// What the outboxes of one shard share.
struct OutboxBudget {
  OutboxLimits limits;
  OutboxTotals totals;
};

struct NewConnection {
  SessionOwner owner;
  Encoding encoding = Encoding::kJson;
  Peer* peer = nullptr;
};

// Thread: the shard's. Lifetime: from Hub::Connect to Hub::Disconnect; owned by the roster.
// Every idle client has one of these: a field more is a field times a million.
class Connection : public DeadlineWheelEntry {
 public:
  // `outboxes` outlives the connection.
  Connection(ConnectionHandle handle, const NewConnection& made, OutboxBudget& outboxes);

  ConnectionHandle handle() const { return handle_; }
  const SessionOwner& owner() const { return owner_; }
  Encoding encoding() const { return encoding_; }
  Outbox& outbox() { return outbox_; }

  // Ends the connection from our side; what is queued is still written as far as the socket takes
  // it. Further sends are dropped. Only the first call counts.
  void Close(websocket::CloseCode code, std::string_view reason);
  bool closing() const { return closing_; }

  // A frame that is never dropped: answers, contacts, pages of `sync`. A connection whose outbox
  // overflows even after shedding is closed with 4008; the same holds for the next two.
  void Send(WireFrame frame);
  void Send(const v1::ServerFrame& frame) { Send(EncodeWire(encoding_, frame)); }

  // A live body: gives way to a gap when the reader is too slow.
  void SendBody(const LiveBody& body);

  // Merged with what else waits into one `presence` frame.
  void SendPresence(const PresenceChange& change);

  // The latest of a user in a conversation; dropped when the reader is too slow.
  void SendReceipt(WireFrame frame, ConversationId conversation, UserId user);
  void SendTyping(WireFrame frame, ConversationId conversation, UserId user);

  // How all watched users are now: takes the place of the changes that wait.
  void SendPresenceSnapshot(const v1::ServerFrame& frame);

  // A frame that does not parse; true at the tenth within a minute.
  bool CountInvalidFrame(Instant now);
  // A frame over its rate; true at the last one that is borne within a minute.
  bool CountFrameTooOften(Instant now);

  // Null until the first sync, and again once nothing is left to remember.
  std::unique_ptr<SyncState> sync;
  Connection* next_of_user = nullptr;  // the roster's chain
  std::uint32_t sends_in_flight = 0;
  std::uint32_t watch_generation = 0;  // which watch_presence was last: later answers win
  bool counted_present = false;  // until its departure was counted, which may come before its end

 private:
  void BeginRefusedWindow(Instant now);
  template <typename Push>
  void Enqueue(Push push);

  SessionOwner owner_;
  Peer* peer_;
  Outbox outbox_;
  Instant refused_window_start_{};
  ConnectionHandle handle_;
  std::uint8_t invalid_frames_ = 0;
  std::uint16_t frames_too_often_ = 0;
  Encoding encoding_;
  bool closing_ = false;
};

}  // namespace chat
