#include "server/core/sync_state.h"

#include <algorithm>
#include <utility>

namespace chat {

SyncState::Pull* SyncState::Find(ConversationId conversation) {
  const auto at = std::ranges::lower_bound(pulls_, conversation, {}, &Pull::conversation_id);
  return at != pulls_.end() && at->conversation_id == conversation ? &*at : nullptr;
}

SyncState::Pull& SyncState::FindOrAdd(ConversationId conversation) {
  const auto at = std::ranges::lower_bound(pulls_, conversation, {}, &Pull::conversation_id);
  if (at != pulls_.end() && at->conversation_id == conversation) return *at;
  Pull& pull = *pulls_.insert(at, Pull());
  pull.conversation_id = conversation;
  return pull;
}

std::expected<void, SyncStartError> SyncState::Start(std::optional<std::uint32_t> ref,
                                                     const std::vector<SyncCursor>& cursors) {
  if (running_) return std::unexpected(SyncStartError::kBusy);
  if (pulls_.size() + cursors.size() > kPulledMax) return std::unexpected(SyncStartError::kTooMany);
  std::vector<SyncCursor> sorted = cursors;
  std::ranges::sort(sorted, {}, &SyncCursor::conversation_id);
  const auto repeated = std::ranges::adjacent_find(sorted, {}, &SyncCursor::conversation_id);
  if (repeated != sorted.end()) return std::unexpected(SyncStartError::kRepeated);

  for (const SyncCursor& cursor : sorted) {
    Pull& pull = FindOrAdd(cursor.conversation_id);
    pull.next_after_seq = cursor.after_seq;
    pull.next_after_change = cursor.after_change;
    pull.stage = Stage::kWaiting;
    pull.more = false;
    pull.asked = true;
  }
  ref_ = ref;
  running_ = true;
  next_ = 0;
  SkipToWaiting();
  return {};
}

void SyncState::SkipToWaiting() {
  while (next_ < pulls_.size() && pulls_[next_].stage != Stage::kWaiting) ++next_;
}

std::optional<SyncCursor> SyncState::NextRead() const {
  if (!running_ || next_ == pulls_.size()) return std::nullopt;
  const Pull& pull = pulls_[next_];
  return SyncCursor{pull.conversation_id, pull.next_after_seq, pull.next_after_change};
}

void SyncState::PageRead(const EntryPage& page) {
  Pull& pull = pulls_[next_];
  // A cursor beyond the head (a client that knows another, restored store) comes back to it.
  pull.next_after_seq = page.entries.empty() ? page.head_seq : page.entries.back().seq;
  pull.head_seq = page.head_seq;
  pull.next_after_change = page.next_after_change;
  const bool page_reached_head =
      pull.next_after_seq == page.head_seq && pull.next_after_change == page.head_change;
  // It may already be set: bodies came that did not fit into what is held.
  pull.more = pull.more || !page_reached_head;
  pull.as_of = page.as_of;
  pull.stage = Stage::kRead;
  reading_ = false;
  SkipToWaiting();
}

void SyncState::NotFound() {
  pulls_[next_].stage = Stage::kAbsent;
  reading_ = false;
  SkipToWaiting();
}

SyncEnd SyncState::Finish() {
  SyncEnd end{.ref = ref_, .positions = {}, .held = {}};
  for (Pull& pull : pulls_) {
    if (pull.asked) FinishPull(pull, end);
  }
  std::erase_if(pulls_, [](const Pull& pull) { return pull.stage == Stage::kAbsent; });
  held_ = {};
  running_ = false;
  return end;
}

// The pages had it.
bool SyncState::HasPassed(const Pull& pull, const LiveBody& body) {
  return body.kind == LiveKind::kEntry ? body.seq <= pull.next_after_seq
                                       : body.change <= pull.next_after_change;
}

// Nothing is missing between the pages and what was held.
bool SyncState::GoesOn(const Pull& pull, const std::vector<LiveBody>& held) {
  const auto entry = std::ranges::find(held, LiveKind::kEntry, &LiveBody::kind);
  const auto change = std::ranges::find(held, LiveKind::kChange, &LiveBody::kind);
  return (entry == held.end() || entry->seq == pull.next_after_seq.Next()) &&
         (change == held.end() || change->change == pull.next_after_change.Next());
}

void SyncState::FinishPull(Pull& pull, SyncEnd& end) {
  pull.asked = false;
  if (pull.stage == Stage::kAbsent) return;
  std::vector<LiveBody> held = TakeHeld(pull);
  // Held bodies that do not go on right where the pages end leave a hole: the client asks again.
  if (!GoesOn(pull, held)) pull.more = true;
  end.positions.push_back({.conversation_id = pull.conversation_id,
                           .next_after_seq = pull.next_after_seq,
                           .next_after_change = pull.next_after_change,
                           .head_seq = pull.head_seq,
                           .more = pull.more});
  pull.stage = pull.more ? Stage::kStopped : Stage::kLive;
  if (pull.more) return;
  for (const LiveBody& body : held) {
    if (body.kind == LiveKind::kEntry) pull.next_after_seq = body.seq;
    if (body.kind == LiveKind::kChange) pull.next_after_change = body.change;
  }
  std::ranges::move(held, std::back_inserter(end.held));
}

std::vector<LiveBody> SyncState::TakeHeld(const Pull& pull) {
  std::vector<LiveBody> taken;
  for (LiveBody& body : held_) {
    if (body.conversation_id != pull.conversation_id || HasPassed(pull, body)) continue;
    taken.push_back(std::move(body));
  }
  return taken;
}

void SyncState::DropHeld(ConversationId conversation) {
  std::erase_if(held_, [&](const LiveBody& body) { return body.conversation_id == conversation; });
}

std::optional<std::uint32_t> SyncState::Abort() {
  for (Pull& pull : pulls_) {
    if (pull.asked) pull.stage = Stage::kStopped;
    pull.asked = false;
  }
  held_ = {};
  running_ = false;
  reading_ = false;
  return ref_;
}

bool SyncState::Intercepts(const LiveBody& body) {
  Pull* pull = Find(body.conversation_id);
  if (pull == nullptr || pull->stage == Stage::kAbsent) return false;
  if (pull->stage == Stage::kStopped) return true;
  if (pull->stage == Stage::kLive) return HasPassed(*pull, body);
  if (HasPassed(*pull, body) || pull->more) return true;
  if (held_.size() < kHeldMax) {
    held_.push_back(body);
    return true;
  }
  DropHeld(body.conversation_id);
  pull->more = true;
  return true;
}

}  // namespace chat
