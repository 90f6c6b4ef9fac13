#include "server/core/search_reader.h"

#include <algorithm>
#include <utility>

namespace chat {

SearchReader::SearchReader(SearchIndex& index)
    : index_(index), self_(std::make_shared<SearchReader*>(this)) {}

void SearchReader::Hear(const CommitBatch& batch, Moment now) {
  for (const CommittedEntry& committed : batch.entries) {
    Wait(committed.entry.conversation_id, now.steady);
  }
  for (const CommittedChange& committed : batch.changes) {
    Wait(committed.change.conversation_id, now.steady);
  }
}

void SearchReader::LookAtAll() {
  look_ = ConversationId();
  look_began_anew_ = true;
}

void SearchReader::Advance(Moment now) {
  now_ = now.steady;
  if (!look_ && now_ - looked_at_ >= kLookAgain) LookAtAll();
  Continue();
}

void SearchReader::Continue() {
  if (busy_) return;
  if (look_ && (queue_.empty() || !looked_last_)) {
    Look();
  } else if (!queue_.empty()) {
    Update();
  }
}

void SearchReader::Look() {
  busy_ = true;
  looked_last_ = true;
  look_began_anew_ = false;
  index_.FindBehind(*look_, [self = std::weak_ptr(self_)](Result<BehindPage, ReadError> page) {
    if (const auto reader = self.lock()) (*reader)->Looked(std::move(page));
  });
}

void SearchReader::Looked(Result<BehindPage, ReadError> page) {
  busy_ = false;
  if (!page) {
    ++failures_;
    return;
  }
  for (const ConversationId conversation : page->behind) Wait(conversation, now_);
  if (!look_began_anew_) look_ = page->next;
  if (!look_) {
    looked_at_all_ = true;
    looked_at_ = now_;
  }
  Continue();
}

void SearchReader::Update() {
  busy_ = true;
  looked_last_ = false;
  std::vector<ConversationId> some;
  while (!queue_.empty() && some.size() < kUpdateMax) {
    const auto waiting = waiting_.extract(queue_.front());
    queue_.pop_front();
    some.push_back(waiting.key());
    updating_.emplace(waiting.key(), waiting.mapped());
  }
  std::ranges::sort(some);
  index_.Update(std::move(some),
                [self = std::weak_ptr(self_)](Result<IndexedBatch, ReadError> done) {
                  if (const auto reader = self.lock()) (*reader)->Updated(std::move(done));
                });
}

void SearchReader::Updated(Result<IndexedBatch, ReadError> done) {
  busy_ = false;
  const Waiting updating = std::exchange(updating_, {});
  if (!done) {
    ++failures_;
    for (const auto& [conversation, since] : updating) Wait(conversation, since);
    return;
  }
  entries_indexed_ += done->entries;
  for (const ConversationId conversation : done->behind) {
    const auto since = updating.find(conversation);
    Wait(conversation, since == updating.end() ? now_ : since->second);
  }
  // Where all were in work elsewhere, that work gets some time.
  if (done->entries > 0 || done->behind.empty()) Continue();
}

void SearchReader::Wait(ConversationId conversation, Instant since) {
  const auto [waiting, added] = waiting_.try_emplace(conversation, since);
  waiting->second = std::min(waiting->second, since);
  if (added) queue_.push_back(conversation);
  if (waiting_.size() <= kWaitingMax) return;
  waiting_.clear();
  queue_.clear();
  looked_at_all_ = false;
  LookAtAll();
}

SearchReaderState SearchReader::state(Moment now) const {
  SearchReaderState state{.behind = {},
                          .conversations_waiting = waiting_.size() + updating_.size(),
                          .entries_indexed = entries_indexed_,
                          .failures = failures_};
  if (!looked_at_all_) return state;
  Instant oldest = now.steady;
  for (const Waiting* waiting : {&waiting_, &updating_}) {
    for (const auto& [conversation, since] : *waiting) oldest = std::min(oldest, since);
  }
  state.behind = now.steady - oldest;
  return state;
}

}  // namespace chat
