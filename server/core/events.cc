#include "server/core/events.h"

#include <variant>

#include "protocol/limits.h"
#include "protocol/problem.h"
#include "server/core/wire.h"

namespace chat {
namespace {

v1::ServerFrame Answer(Ref ref) {
  v1::ServerFrame frame;
  if (ref) frame.set_ref(*ref);
  return frame;
}

std::uint32_t Milliseconds(std::chrono::milliseconds duration) {
  return static_cast<std::uint32_t>(duration.count());
}

std::string_view EventName(ContactEvent event) {
  switch (event) {
    case ContactEvent::kRequested:
      return "requested";
    case ContactEvent::kAccepted:
      return "accepted";
    case ContactEvent::kRemoved:
      return "removed";
    case ContactEvent::kChanged:
      return "changed";
  }
  return "";
}

std::string_view EventName(ConversationEvent event) {
  switch (event) {
    case ConversationEvent::kGained:
      return "gained";
    case ConversationEvent::kLost:
      return "lost";
    case ConversationEvent::kChanged:
      return "changed";
  }
  return "";
}

// What the three events of a change begin with.
template <typename Event>
void SetPlace(Event& event, const EntryChange& change) {
  event.set_conversation_id(change.conversation_id.number());
  event.set_seq(change.seq.number());
  event.set_change(change.change.number());
  event.set_user_id(change.user_id.number());
}

void SetWhat(v1::ServerFrame& frame, const EntryChange& change, const EntryEdited& edited) {
  v1::EditedEvent& event = *frame.mutable_edited();
  SetPlace(event, change);
  event.set_text(edited.text);
  *event.mutable_edited_at() = ToProtoTimestamp(edited.edited_at);
}

void SetWhat(v1::ServerFrame& frame, const EntryChange& change, const EntryDeleted&) {
  SetPlace(*frame.mutable_deleted(), change);
}

void SetWhat(v1::ServerFrame& frame, const EntryChange& change, const EntryReaction& reaction) {
  v1::ReactionEvent& event = *frame.mutable_reaction();
  SetPlace(event, change);
  event.set_emoji(reaction.emoji);
  event.set_on(reaction.on);
}

v1::Limits ClientLimits() {
  v1::Limits limits;
  limits.set_text_bytes(kTextBytesMax);
  limits.set_text_code_points(kTextCodePointsMax);
  limits.set_frame_bytes(kFrameBytesMax);
  limits.set_sync_cursors(kSyncCursorsMax);
  limits.set_watch_users(kWatchUsersMax);
  limits.set_page_entries(kPageEntriesMax);
  limits.set_sends_per_minute(kSendsPerMinute);
  return limits;
}

}  // namespace

v1::ServerFrame WelcomeFrame(const WelcomeContent& content) {
  v1::ServerFrame frame;
  v1::WelcomeEvent& welcome = *frame.mutable_welcome();
  welcome.set_session_id(content.owner.session_id.number());
  welcome.set_user_id(content.owner.user_id.number());
  welcome.set_node(std::string(content.node));
  welcome.set_heartbeat_interval_ms(Milliseconds(content.heartbeat_interval));
  welcome.set_heartbeat_timeout_ms(Milliseconds(content.heartbeat_timeout));
  *welcome.mutable_limits() = ClientLimits();
  *welcome.mutable_server_time() = ToProtoTimestamp(content.server_time);
  return frame;
}

v1::ServerFrame HeartbeatAckFrame(Ref ref) {
  v1::ServerFrame frame = Answer(ref);
  frame.mutable_heartbeat_ack();
  return frame;
}

v1::ServerFrame AckFrame(Ref ref, const SendAck& ack) {
  v1::ServerFrame frame = Answer(ref);
  v1::AckEvent& event = *frame.mutable_ack();
  event.set_conversation_id(ack.conversation_id.number());
  event.set_seq(ack.seq.number());
  event.set_client_msg_id(std::string(ack.client_msg_id));
  event.set_message_id(ack.message_id.number());
  *event.mutable_created_at() = ToProtoTimestamp(ack.created_at);
  return frame;
}

v1::ServerFrame AckFrame(Ref ref, const ChangeAck& ack) {
  v1::ServerFrame frame = Answer(ref);
  v1::AckEvent& event = *frame.mutable_ack();
  event.set_conversation_id(ack.conversation_id.number());
  event.set_seq(ack.seq.number());
  event.set_change(ack.change.number());
  return frame;
}

v1::ServerFrame ErrorFrame(Ref ref, const Refusal& refusal) {
  v1::ServerFrame frame = Answer(ref);
  *frame.mutable_error() = MakeErrorEvent(refusal);
  return frame;
}

v1::ServerFrame MessageFrame(const Entry& entry) {
  v1::ServerFrame frame;
  *frame.mutable_message() = ToWire(entry);
  return frame;
}

v1::ServerFrame ChangeFrame(const EntryChange& change) {
  v1::ServerFrame frame;
  std::visit([&](const auto& what) { SetWhat(frame, change, what); }, change.what);
  return frame;
}

v1::ServerFrame GapFrame(ConversationId conversation, Seq head_seq, Change head_change) {
  v1::ServerFrame frame;
  v1::GapEvent& gap = *frame.mutable_gap();
  gap.set_conversation_id(conversation.number());
  gap.set_head_seq(head_seq.number());
  gap.set_head_change(head_change.number());
  return frame;
}

v1::ServerFrame SyncDoneFrame(Ref ref, const std::vector<SyncPosition>& positions) {
  v1::ServerFrame frame = Answer(ref);
  v1::SyncDoneEvent& done = *frame.mutable_sync_done();
  for (const SyncPosition& position : positions) {
    v1::SyncPosition& wire = *done.add_conversations();
    wire.set_conversation_id(position.conversation_id.number());
    wire.set_next_after_seq(position.next_after_seq.number());
    wire.set_next_after_change(position.next_after_change.number());
    wire.set_head_seq(position.head_seq.number());
    wire.set_more(position.more);
  }
  return frame;
}

v1::ServerFrame ContactFrame(const ContactChanged& changed) {
  v1::ServerFrame frame;
  v1::ContactEvent& contact = *frame.mutable_contact();
  contact.set_event(std::string(EventName(changed.event)));
  *contact.mutable_user() = ToWire(changed.other);
  return frame;
}

v1::ServerFrame ConversationFrame(const ConversationChanged& changed) {
  v1::ServerFrame frame;
  v1::ConversationEvent& conversation = *frame.mutable_conversation();
  conversation.set_event(std::string(EventName(changed.event)));
  *conversation.mutable_conversation() = ToWire(changed.conversation, changed.peer);
  return frame;
}

v1::ServerFrame ReceiptFrame(const MarksMoved& moved) {
  v1::ServerFrame frame;
  v1::ReceiptEvent& receipt = *frame.mutable_receipt();
  receipt.set_conversation_id(moved.conversation_id.number());
  receipt.set_user_id(moved.user_id.number());
  if (moved.delivered_seq != Seq()) receipt.set_delivered_seq(moved.delivered_seq.number());
  if (moved.read_seq != Seq()) receipt.set_read_seq(moved.read_seq.number());
  return frame;
}

v1::ServerFrame TypingFrame(const TypingChanged& changed) {
  v1::ServerFrame frame;
  v1::TypingEvent& typing = *frame.mutable_typing();
  typing.set_conversation_id(changed.conversation_id.number());
  typing.set_user_id(changed.user_id.number());
  typing.set_active(changed.active);
  return frame;
}

v1::ServerFrame GoAwayFrame(std::chrono::milliseconds reconnect_after) {
  v1::ServerFrame frame;
  frame.mutable_go_away()->set_reconnect_after_ms(Milliseconds(reconnect_after));
  return frame;
}

}  // namespace chat
