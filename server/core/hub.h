// One shard's part of the chat: it takes frames, bus messages and time, and answers through
// outboxes and ports. Which frame is legal, who gets what was committed, who is told of whom. It
// knows no socket, thread or clock; net/ feeds it and writes its outboxes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "protocol/errors.h"
#include "protocol/ids.h"
#include "protocol/limits.h"
#include "protocol/websocket/opcode.h"
#include "server/core/connection.h"
#include "server/core/deadline_wheel.h"
#include "server/core/delivery.h"
#include "server/core/evacuation.h"
#include "server/core/events.h"
#include "server/core/moment.h"
#include "server/core/pending_sends.h"
#include "server/core/presence_desk.h"
#include "server/core/receipt_desk.h"
#include "server/core/recent_revocations.h"
#include "server/core/roster.h"
#include "server/core/session_sweep.h"
#include "server/core/sync_driver.h"
#include "server/core/typing_desk.h"
#include "server/measures/histogram.h"
#include "server/ports/bus.h"
#include "server/ports/conversations.h"
#include "server/ports/executor.h"
#include "server/ports/marks.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"
#include "server/ports/rate_limits.h"
#include "server/ports/sessions.h"

namespace chat {

struct HubOptions {
  std::uint32_t shard = 0;
  std::string node;
  std::chrono::milliseconds heartbeat_interval = kHeartbeatIntervalDefault;
  std::chrono::milliseconds heartbeat_timeout = kHeartbeatTimeoutDefault;
  std::chrono::milliseconds presence_grace = kPresenceGraceDefault;
  OutboxLimits outbox_limits;
};

// All outlive the hub. Completions arrive on `home`, which is the hub's own shard.
struct HubPorts {
  Executor& home;
  Bus& bus;
  Messages& messages;
  MessageChanges& message_changes;
  Conversations& conversations;
  Marks& marks;
  PresenceRecords& presence_records;
  RateLimits& rate_limits;
  EndedSessions& ended_sessions;
};

// What happened since the start; read by telemetry.
struct HubCounters {
  std::uint64_t frames_received = 0;
  std::uint64_t invalid_frames = 0;
  std::uint64_t sends = 0;
  std::uint64_t acks = 0;
  std::uint64_t sends_refused = 0;  // by the store
  std::uint64_t bodies_delivered = 0;
  std::uint64_t heartbeat_timeouts = 0;
  // From the turn in which a send was received to that in which its ack was queued.
  Histogram send_ack_seconds{kMillisecondBounds};
  // From an entry's created_at to the turn in which it was queued, for each connection that got it.
  Histogram send_visible_seconds{kMillisecondBounds};
};

// Thread: the shard's. Lifetime: the shard's; destroyed before the ports.
class Hub : private EntrySink {
 public:
  Hub(HubOptions options, HubPorts ports, Moment now);
  ~Hub() override;
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // Moves time on and runs what is due. Called at the start of each turn of the loop, and at least
  // every 100 ms.
  void Advance(Moment now);

  // Adds a connection; its outbox holds `welcome` when this returns. One whose session was revoked
  // since it was authenticated is closed with 4002.
  Connection& Connect(const NewConnection& made);

  // One complete text or binary message. The wrong type for the encoding closes with 1003.
  void Receive(Connection& connection, websocket::Opcode opcode, std::string_view payload);

  // A ping or pong arrived: counts as a heartbeat. Writing the pong is the peer's.
  void Touch(Connection& connection);

  // `bytes` of what the outbox's Gather showed were written.
  void Written(Connection& connection, std::size_t bytes);

  // The socket is gone; the reference is invalid afterwards.
  void Disconnect(Connection& connection);

  // A message from the bus, on this shard's thread.
  void Handle(const BusMessage& message);

  bool IsOnline(UserId user) const { return presence_.IsOnline(user); }
  std::size_t connection_count() const { return roster_.size(); }
  // Connections that guard against entries which their pages overtook.
  std::size_t guarded_syncs() const { return syncs_.guarded_count(); }
  const OutboxTotals& outbox_totals() const { return roster_.outbox_totals(); }
  const HubCounters& counters() const { return counters_; }

  // Tells all clients of now to go elsewhere, each at its own moment, and closes their connections
  // with 1012 once what they wait for is written. The hub goes on serving.
  void Evacuate(EvacuationPace pace) { evacuation_.Begin(pace, now_.steady); }
  void HurryEvacuation() { evacuation_.Hurry(); }
  bool is_evacuated() const { return evacuation_.is_over(); }

  // Says of everyone whose connection was closed that they are gone, without waiting for the grace.
  void EndAllGraces() { presence_.EndAllGraces(); }

  // Stores the receipts that wait, at the next Advance.
  void HurryReceipts() { receipts_.Hurry(); }
  bool are_receipts_settled() const { return receipts_.is_settled(); }

  // Sends that are not answered yet.
  std::size_t pending_sends() const { return sends_.size(); }

 private:
  struct Place {
    ConversationId conversation_id;
    Seq seq;
  };

  void Dispatch(Connection& connection, const v1::ClientFrame& frame);
  void Refuse(Connection& connection, Ref ref, Refusal refusal);
  void RefuseUndecodable(Connection& connection, const DecodeError& error);
  // Answers a frame that comes too soon after others of its user.
  bool IsTooOften(Connection& connection, Ref ref, const v1::ClientFrame& frame);
  void HandleSend(Connection& connection, Ref ref, const v1::SendCommand& command);
  void SendAnswered(std::uint64_t number, Result<Appended, AppendError> answer);
  void AckSend(std::uint64_t number, const Appended& appended);
  void HandleEdit(Connection& connection, Ref ref, const v1::EditCommand& command);
  void HandleDelete(Connection& connection, Ref ref, const v1::DeleteCommand& command);
  void HandleReact(Connection& connection, Ref ref, const v1::ReactCommand& command);
  bool AdmitSend(Connection& connection, Ref ref);
  Completion<EntryChanged, ChangeError> AnswerChange(Connection& connection, Ref ref, Place place);

  void HandleBatch(const std::shared_ptr<const CommitBatch>& batch);
  void TellUser(const UserChange& change);
  void EndSession(const SessionOwner& session);
  void EndUser(UserId user);
  void EndExpired(Connection& connection, std::string_view why);
  void EndRevoked(Connection& connection);
  void EndRevokedLater(ConnectionHandle handle);
  void EndSilent(Connection& connection);

  void Deliver(const CommittedEntry& entry, const MemberList& list) override;
  void DeliverChange(const CommittedChange& change, const std::vector<UserId>& members) override;
  void DeliverTo(Connection& connection, const CommittedEntry& committed, SharedFrame& frame);
  void Delayed(const CommittedEntry& committed) override;
  void SendLive(Connection& connection, const LiveBody& body);
  void Skipped(ConversationId conversation, DeliveryHeads heads,
               const std::vector<UserId>& members) override;

  HubOptions options_;
  HubPorts ports_;
  Moment now_;
  HubCounters counters_;
  DeadlineWheel silence_;  // finds connections that sent nothing for the heartbeat timeout
  Roster roster_;
  PresenceDesk presence_;
  ReceiptDesk receipts_;
  TypingDesk typing_;
  PendingSends sends_;
  Delivery delivery_;
  SyncDriver syncs_;
  Evacuation evacuation_;
  SessionSweep sweep_;
  CommitNumber handled_commit_ = 0;
  RecentRevocations revocations_;
  // Completions hold a weak reference to it: they may come after the hub is gone.
  std::shared_ptr<Hub*> self_;
};

}  // namespace chat
