#include "server/core/naive_outbox.h"

#include <algorithm>

#include "server/core/wire.h"

namespace chat {

std::size_t NaiveOutbox::bytes() const {
  std::size_t sum = presence_.size() * Outbox::kSignalBytesMax;
  for (const auto& [key, bytes] : typing_) sum += bytes.size();
  for (const Frame& frame : frames_) {
    sum += frame.bytes.empty() ? Outbox::kSignalBytesMax : frame.bytes.size();
  }
  return sum;
}

void NaiveOutbox::Push(const std::string& bytes) {
  if (Overflow(bytes.size())) return;
  frames_.push_back({.kind = Kind::kKept, .bytes = bytes});
}

void NaiveOutbox::PushBody(const std::string& bytes, ConversationId conversation, Seq seq,
                           Change change) {
  if (overflowed_) return;
  const Frame body{Kind::kBody, bytes, conversation, seq, change};
  const std::size_t limit = frames_.empty() ? limits_.bytes_hard_max : limits_.bytes_max;
  if (Over(bytes.size(), limit)) typing_.clear();
  if (Over(bytes.size(), limit)) ReplaceBodies();
  if (RaiseGap(body)) {
    Overflow(0);
  } else if (!Over(bytes.size(), limit)) {
    frames_.push_back(body);
  } else if (!Overflow(Outbox::kSignalBytesMax)) {
    AddGap(body);
  }
}

void NaiveOutbox::PushPresence(const PresenceChange& change) {
  const UserId user = change.seen.user_id;
  if (overflowed_ || (!presence_.contains(user) && Overflow(Outbox::kSignalBytesMax))) return;
  presence_[user] = change;
}

void NaiveOutbox::PushPresenceSnapshot(const std::string& bytes) {
  presence_.clear();
  Push(bytes);
}

void NaiveOutbox::PushTyping(const std::string& bytes, ConversationId conversation, UserId user) {
  if (overflowed_ || Over(bytes.size(), limits_.bytes_max)) return;
  typing_[{conversation, user}] = bytes;
}

bool NaiveOutbox::Overflow(std::size_t more) {
  if (overflowed_) return true;
  if (!Over(more, limits_.bytes_hard_max)) return false;
  typing_.clear();
  ReplaceBodies();
  overflowed_ = Over(more, limits_.bytes_hard_max);
  return overflowed_;
}

void NaiveOutbox::ReplaceBodies() {
  const std::list<Frame> before = std::exchange(frames_, {});
  for (const Frame& frame : before) {
    if (frame.kind != Kind::kBody || frame.begun) {
      frames_.push_back(frame);
    } else if (!RaiseGap(frame)) {
      AddGap(frame);
    }
  }
}

bool NaiveOutbox::RaiseGap(const Frame& body) {
  for (Frame& gap : frames_) {
    if (gap.kind != Kind::kGap || gap.begun || gap.conversation != body.conversation) continue;
    gap.seq = std::max(gap.seq, body.seq);
    gap.change = std::max(gap.change, body.change);
    gap.bytes.clear();
    return true;
  }
  return false;
}

void NaiveOutbox::AddGap(const Frame& body) {
  frames_.push_back({Kind::kGap, "", body.conversation, body.seq, body.change});
}

std::string NaiveOutbox::EncodeGap(const Frame& gap) const {
  v1::ServerFrame frame;
  frame.mutable_gap()->set_conversation_id(gap.conversation.number());
  frame.mutable_gap()->set_head_seq(gap.seq.number());
  frame.mutable_gap()->set_head_change(gap.change.number());
  return *EncodeWire(encoding_, frame);
}

// Signals follow the rest, unless earlier ones still wait.
void NaiveOutbox::EncodePending() {
  for (const Frame& frame : frames_) {
    if (frame.kind == Kind::kSignal) return;
  }
  v1::ServerFrame presence;
  for (const auto& [user, change] : presence_) {
    *presence.mutable_presence()->add_users() = ToWire(change.seen, change.online);
  }
  if (!presence_.empty()) {
    frames_.push_back({.kind = Kind::kSignal, .bytes = *EncodeWire(encoding_, presence)});
  }
  for (const auto& [key, bytes] : typing_) {
    frames_.push_back({.kind = Kind::kSignal, .bytes = bytes});
  }
  presence_.clear();
  typing_.clear();
}

std::string NaiveOutbox::Gather(std::size_t parts_max) {
  if (frames_.size() < parts_max) EncodePending();
  std::string shown;
  for (Frame& frame : frames_) {
    if (parts_max-- == 0) break;
    if (frame.bytes.empty()) frame.bytes = EncodeGap(frame);
    shown += frame.bytes;
  }
  return shown;
}

void NaiveOutbox::Consume(std::size_t bytes) {
  while (bytes > 0) {
    Frame& frame = frames_.front();
    const std::size_t taken = std::min(bytes, frame.bytes.size());
    frame.begun = true;
    frame.bytes.erase(0, taken);
    bytes -= taken;
    if (frame.bytes.empty()) frames_.pop_front();
  }
}

}  // namespace chat
