#include "tests/harness/entry_order.h"

namespace chat::testing {
namespace {

std::string Say(const char* what, std::int64_t seq, std::int64_t last_seq) {
  return std::string(what) + ": " + std::to_string(seq) + " after " + std::to_string(last_seq);
}

}  // namespace

void EntryOrder::Sent(const v1::ClientFrame& frame) {
  for (const v1::SyncCursor& cursor : frame.sync().cursors()) {
    Conversation& conversation = conversations_[cursor.conversation_id()];
    conversation.flow = Flow::kPulled;
    conversation.after_seq = cursor.after_seq();
    conversation.pulled_seq = cursor.after_seq();
    conversation.begun_again = false;
  }
}

std::optional<std::string> EntryOrder::Received(const v1::ServerFrame& frame) {
  switch (frame.body_case()) {
    case v1::ServerFrame::kMessage:
      return Message(frame.message());
    case v1::ServerFrame::kAck:
      return Ack(frame.ack());
    case v1::ServerFrame::kSyncDone:
      return SyncDone(frame.sync_done());
    case v1::ServerFrame::kGap:
      Gap(conversations_[frame.gap().conversation_id()]);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// One that was sent before the server saw the sync changes nothing of the page that is to come, but
// live entries may follow it until then.
void EntryOrder::Gap(Conversation& conversation) {
  if (conversation.flow == Flow::kPulled) {
    conversation.last_seq = 0;
  } else {
    conversation = {};
  }
}

std::optional<std::string> EntryOrder::Message(const v1::Message& message) {
  Conversation& conversation = conversations_[message.conversation_id()];
  const std::int64_t seq = message.seq();
  switch (conversation.flow) {
    case Flow::kUnknown:
      Resume(conversation, seq);
      return std::nullopt;
    case Flow::kPulled:
      // What the page begins with: entries that the client has, as they have become.
      if (message.has_change() && seq <= conversation.after_seq) return std::nullopt;
      return Pulled(conversation, seq);
    case Flow::kLive:
      break;
  }
  const bool own = conversation.acked.erase(seq) > 0;
  if (seq == conversation.last_seq + 1) {
    conversation.last_seq = seq;
  } else if (!own || seq > conversation.last_seq) {
    return Say("live flow has a hole or a repetition", seq, conversation.last_seq);
  }
  return std::nullopt;
}

// What the server sent before it saw the sync comes before the page, and may look like its
// beginning.
std::optional<std::string> EntryOrder::Pulled(Conversation& conversation, std::int64_t seq) {
  const bool continues_live = conversation.last_seq == 0 || seq == conversation.last_seq + 1;
  if (seq == conversation.pulled_seq + 1) {
    conversation.pulled_seq = seq;
    if (continues_live) conversation.last_seq = seq;
  } else if (seq == conversation.after_seq + 1 && !conversation.begun_again) {
    conversation.pulled_seq = seq;
    conversation.begun_again = true;
  } else if (conversation.pulled_seq == conversation.after_seq && continues_live) {
    conversation.last_seq = seq;
  } else {
    return Say("a page has a hole or a repetition", seq, conversation.pulled_seq);
  }
  return std::nullopt;
}

// An ack of what was sent before names an entry that was there already, so it says nothing of where
// live flow starts.
std::optional<std::string> EntryOrder::Ack(const v1::AckEvent& ack) {
  if (ack.has_change()) return std::nullopt;
  Conversation& conversation = conversations_[ack.conversation_id()];
  switch (conversation.flow) {
    case Flow::kUnknown:
      conversation.acked.insert(ack.seq());
      return std::nullopt;
    case Flow::kPulled:
      conversation.acked.insert(ack.seq());
      if (ack.seq() == conversation.last_seq + 1) conversation.last_seq = ack.seq();
      return std::nullopt;
    case Flow::kLive:
      break;
  }
  if (ack.seq() <= conversation.last_seq) return std::nullopt;
  conversation.acked.insert(ack.seq());
  if (ack.seq() == conversation.last_seq + 1) conversation.last_seq = ack.seq();
  return std::nullopt;
}

std::optional<std::string> EntryOrder::SyncDone(const v1::SyncDoneEvent& done) {
  for (const v1::SyncPosition& position : done.conversations()) {
    Conversation& conversation = conversations_[position.conversation_id()];
    if (conversation.flow == Flow::kPulled &&
        position.next_after_seq() != conversation.pulled_seq) {
      return Say("sync_done is not where the page ended", position.next_after_seq(),
                 conversation.pulled_seq);
    }
    if (!position.more()) Resume(conversation, position.next_after_seq());
  }
  return std::nullopt;
}

void EntryOrder::Resume(Conversation& conversation, std::int64_t after_seq) {
  conversation.flow = Flow::kLive;
  conversation.last_seq = after_seq;
  while (conversation.acked.contains(conversation.last_seq + 1)) ++conversation.last_seq;
}

}  // namespace chat::testing
