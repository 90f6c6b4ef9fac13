#include "server/core/hub.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace chat {
namespace {

const ConversationChanged* ConversationIn(const UserChange& change) {
  return std::get_if<ConversationChanged>(&change.what);
}

bool TellsOfLoss(const UserChange& change) {
  const ConversationChanged* changed = ConversationIn(change);
  return changed != nullptr && changed->event == ConversationEvent::kLost;
}

// Whether it can change whose presence the user may see.
bool ChangesCompany(const UserChange& change) {
  if (const auto* contact = std::get_if<ContactChanged>(&change.what)) {
    return contact->event != ContactEvent::kChanged;
  }
  const ConversationChanged* changed = ConversationIn(change);
  return changed == nullptr || changed->event != ConversationEvent::kChanged;
}

}  // namespace

Hub::Hub(HubOptions options, HubPorts ports, Moment now)
    : options_(std::move(options)),
      ports_(ports),
      now_(now),
      silence_(options_.heartbeat_timeout, now.steady),
      roster_(options_.outbox_limits),
      presence_({.shard = options_.shard, .grace = options_.presence_grace},
                {.home = ports.home, .bus = ports.bus, .records = ports.presence_records}, roster_),
      receipts_(options_.shard, {.marks = ports.marks, .bus = ports.bus}, roster_),
      typing_({.marks = ports.marks, .bus = ports.bus}, roster_),
      delivery_(ports.messages, ports.conversations, *this),
      syncs_(ports.messages, roster_, delivery_),
      evacuation_(roster_),
      sweep_(ports.ended_sessions, roster_, now.steady,
             [this](Connection& connection) { EndExpired(connection, "the session has ended"); }),
      self_(std::make_shared<Hub*>(this)) {}

Hub::~Hub() = default;

void Hub::Advance(Moment now) {
  now_ = now;
  silence_.Advance(now.steady, [this](DeadlineWheelEntry& silent) {
    EndSilent(static_cast<Connection&>(silent));
  });
  presence_.Advance(now);
  receipts_.Advance(now.steady);
  typing_.Advance(now.steady);
  delivery_.Advance(now.steady);
  syncs_.ForgetPassed(handled_commit_);
  revocations_.Advance(now.steady);
  evacuation_.Advance(now.steady);
  sweep_.Advance(now.steady);
}

Connection& Hub::Connect(const NewConnection& made) {
  Connection& connection = roster_.Add(made);
  silence_.Add(connection, now_.steady);
  presence_.Connected(connection, now_);
  connection.Send(WelcomeFrame({.owner = made.owner,
                                .node = options_.node,
                                .heartbeat_interval = options_.heartbeat_interval,
                                .heartbeat_timeout = options_.heartbeat_timeout,
                                .server_time = now_.wall}));
  if (revocations_.Contains(made.owner.session_id)) EndRevokedLater(connection.handle());
  return connection;
}

void Hub::Touch(Connection& connection) { DeadlineWheel::Touch(connection, now_.steady); }

void Hub::Written(Connection& connection, std::size_t bytes) {
  connection.outbox().Consume(bytes);
  syncs_.Written(connection);
}

void Hub::Disconnect(Connection& connection) {
  silence_.Remove(connection);
  presence_.Disconnected(connection, Departure::kClosed, now_);
  typing_.Disconnected(connection);
  roster_.Remove(connection);
}

// Its peer is still being made: it may not be called to close from within Connect.
void Hub::EndRevokedLater(ConnectionHandle handle) {
  ports_.home.Post([self = std::weak_ptr(self_), handle] {
    const auto hub = self.lock();
    if (!hub) return;
    if (Connection* connection = (*hub)->roster_.Find(handle)) (*hub)->EndRevoked(*connection);
  });
}

void Hub::EndRevoked(Connection& connection) {
  presence_.Disconnected(connection, Departure::kLoggedOut, now_);
  connection.Close(websocket::CloseCode::kSessionRevoked, "the session was revoked");
}

void Hub::EndSilent(Connection& connection) {
  ++counters_.heartbeat_timeouts;
  presence_.Disconnected(connection, Departure::kSilent, now_);
  connection.Close(websocket::CloseCode::kHeartbeatTimeout, "nothing was heard for too long");
}

void Hub::Handle(const BusMessage& message) {
  if (const auto* batch = std::get_if<std::shared_ptr<const CommitBatch>>(&message)) {
    HandleBatch(*batch);
  } else if (const auto* transitions =
                 std::get_if<std::shared_ptr<const std::vector<PresenceTransition>>>(&message)) {
    presence_.Heard(**transitions);
  } else if (const auto* signals = std::get_if<std::shared_ptr<const Signals>>(&message)) {
    receipts_.Heard((*signals)->marks);
    typing_.Heard((*signals)->typing);
  }
}

// A conversation is announced before its entries and given up after them, as far as they need not
// wait for the store; entries come before their changes, and a session's last ones before its end.
void Hub::HandleBatch(const std::shared_ptr<const CommitBatch>& batch) {
  for (const UserChange& change : batch->user_changes) {
    if (!TellsOfLoss(change)) TellUser(change);
  }
  for (const CommittedEntry& entry : batch->entries) delivery_.Accept(EntryRef(batch, &entry));
  for (const CommittedChange& change : batch->changes) {
    delivery_.AcceptChange(ChangeRef(batch, &change));
  }
  for (const UserChange& change : batch->user_changes) {
    if (TellsOfLoss(change)) TellUser(change);
  }
  for (const UserId user : batch->disabled_users) EndUser(user);
  for (const SessionOwner& session : batch->revoked_sessions) EndSession(session);
  handled_commit_ = std::max(handled_commit_, batch->number);
}

void Hub::TellUser(const UserChange& change) {
  if (const auto* block = std::get_if<BlockChanged>(&change.what)) {
    // Who shares a group with the other has watched them without being their contact.
    presence_.Recheck(change.user_id);
    return presence_.Recheck(block->other);
  }
  const auto* contact = std::get_if<ContactChanged>(&change.what);
  SharedFrame frame(contact != nullptr
                        ? ContactFrame(*contact)
                        : ConversationFrame(std::get<ConversationChanged>(change.what)));
  roster_.ForEachOf(change.user_id, [&](Connection& connection) {
    connection.Send(frame.wire(connection.encoding()));
  });
  if (ChangesCompany(change)) presence_.Recheck(change.user_id);
}

void Hub::EndUser(UserId user) {
  roster_.ForEachOf(
      user, [this](Connection& connection) { EndExpired(connection, "the user is disabled"); });
}

void Hub::EndExpired(Connection& connection, std::string_view why) {
  presence_.Disconnected(connection, Departure::kLoggedOut, now_);
  connection.Close(websocket::CloseCode::kSessionExpired, why);
}

void Hub::EndSession(const SessionOwner& session) {
  revocations_.Add(session.session_id, now_.steady);
  presence_.SessionEnded(session);
  roster_.ForEachOf(session.user_id, [&](Connection& connection) {
    if (connection.owner().session_id != session.session_id) return;
    EndRevoked(connection);
  });
}

void Hub::Deliver(const CommittedEntry& entry, const MemberList& list) {
  const std::uint64_t delivered_before = counters_.bodies_delivered;
  std::optional<SharedFrame> frame;  // made for the first who is here
  const auto deliver_to = [&](UserId user) {
    roster_.ForEachOf(user, [&](Connection& connection) {
      if (!frame) frame.emplace(MessageFrame(entry.entry));
      DeliverTo(connection, entry, *frame);
    });
  };
  for (const UserId member : list.members) deliver_to(member);
  for (const FormerMember& former : list.former) {
    if (entry.entry.seq <= former.left_seq) deliver_to(former.user_id);
  }
  const std::uint64_t delivered = counters_.bodies_delivered - delivered_before;
  if (delivered > 0) {
    counters_.send_visible_seconds.Add(now_.wall - entry.entry.created_at, delivered);
  }
  Delayed(entry);
}

// The connection that sent an entry gets its ack where others get the entry, so both keep its
// place.
void Hub::DeliverTo(Connection& connection, const CommittedEntry& committed, SharedFrame& frame) {
  const Entry& entry = committed.entry;
  if (committed.origin.shard == options_.shard &&
      sends_.IsFrom(committed.origin.send, connection.handle())) {
    return AckSend(committed.origin.send, {entry.message_id, entry.seq, entry.created_at});
  }
  SendLive(connection, {.kind = LiveKind::kEntry,
                        .conversation_id = entry.conversation_id,
                        .seq = entry.seq,
                        .change = entry.change,
                        .frame = frame.wire(connection.encoding())});
}

// Also the connection that asked for it gets the event, in its place among the changes of others.
void Hub::DeliverChange(const CommittedChange& committed, const std::vector<UserId>& members) {
  const EntryChange& change = committed.change;
  std::optional<SharedFrame> frame;
  for (const UserId member : members) {
    roster_.ForEachOf(member, [&](Connection& connection) {
      if (!frame) frame.emplace(ChangeFrame(change));
      SendLive(connection, {.kind = LiveKind::kChange,
                            .conversation_id = change.conversation_id,
                            .seq = change.seq,
                            .change = change.change,
                            .frame = frame->wire(connection.encoding())});
    });
  }
}

void Hub::SendLive(Connection& connection, const LiveBody& body) {
  if (connection.sync && connection.sync->Intercepts(body)) return;
  ++counters_.bodies_delivered;
  connection.SendBody(body);
}

void Hub::Delayed(const CommittedEntry& committed) {
  if (committed.origin.shard != options_.shard) return;
  const Entry& entry = committed.entry;
  AckSend(committed.origin.send, {entry.message_id, entry.seq, entry.created_at});
}

void Hub::Skipped(ConversationId conversation, DeliveryHeads heads,
                  const std::vector<UserId>& members) {
  for (const UserId member : members) {
    roster_.ForEachOf(member, [&](Connection& connection) {
      connection.Send(GapFrame(conversation, heads.seq, heads.change));
    });
  }
}

}  // namespace chat
