#include "server/core/delivery.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace chat {
namespace {

constexpr std::chrono::milliseconds kRetryInterval{200};
constexpr std::int64_t kBackFillEntriesMax = 1000;

}  // namespace

Delivery::Delivery(Messages& messages, Conversations& conversations, EntrySink& sink,
                   DeliveryLimits limits)
    : messages_(messages),
      conversations_(conversations),
      sink_(sink),
      limits_(limits),
      self_(std::make_shared<Delivery*>(this)) {}

Delivery::~Delivery() = default;

void Delivery::Accept(const EntryRef& entry) {
  Stream& stream = Touch(entry->entry.conversation_id);
  stream.head = std::max(stream.head, entry->entry.seq);
  if (Hold(stream, entry)) {
    Pump(stream);
    if (stream.stalled || stream.reading == Reading::kEntries) sink_.Delayed(*entry);
  } else {
    sink_.Delayed(*entry);
    if (entry->entry.seq < stream.first) TellMissed(stream);
  }
  EvictIdle();
}

Delivery::Stream& Delivery::Touch(ConversationId conversation) {
  const auto [at, added] = by_id_.try_emplace(conversation);
  if (added) {
    at->second = streams_.emplace(streams_.end());
    at->second->conversation_id = conversation;
  } else {
    streams_.splice(streams_.end(), streams_, at->second);
  }
  return *at->second;
}

Delivery::Stream* Delivery::Find(ConversationId conversation) {
  const auto at = by_id_.find(conversation);
  return at == by_id_.end() ? nullptr : &*at->second;
}

// Only streams with nothing under way go: forgetting one costs a read of its members, never an
// entry.
void Delivery::EvictIdle() {
  const auto over = [&] {
    return streams_.size() > limits_.streams_max || members_cached_ > limits_.members_max;
  };
  for (auto stream = streams_.begin(); over() && stream != streams_.end();) {
    if (!stream->held.empty() || !stream->held_changes.empty() || stream->hole_since ||
        stream->reading != Reading::kNothing || stream->stalled) {
      ++stream;
      continue;
    }
    SetMembers(*stream, std::nullopt);
    by_id_.erase(stream->conversation_id);
    stream = streams_.erase(stream);
  }
}

// False when the entry is not news: delivered or held already. What does not fit is read back
// later, because `head` remembers that it exists.
bool Delivery::Hold(Stream& stream, EntryRef entry) {
  const Seq seq = entry->entry.seq;
  if (stream.delivered && seq <= *stream.delivered) return false;
  const auto seq_of = [](const EntryRef& held) { return held->entry.seq; };
  const auto at = std::ranges::lower_bound(stream.held, seq, {}, seq_of);
  if (at != stream.held.end() && (*at)->entry.seq == seq) return false;
  stream.held.insert(at, std::move(entry));
  if (stream.held.size() > limits_.held_max) {
    sink_.Delayed(*stream.held.back());
    stream.held.pop_back();
  }
  return true;
}

void Delivery::Pump(Stream& stream) {
  const auto blocked = [&] { return stream.stalled || stream.reading != Reading::kNothing; };
  while (!blocked() && !stream.held.empty()) {
    if (!PumpFront(stream)) return;
  }
  if (blocked()) return;
  if (stream.delivered && *stream.delivered < stream.head) return BackFill(stream, stream.head);
  PumpChanges(stream);
}

// Hands on the first held entry if it is its turn; false when something has to be read first.
bool Delivery::PumpFront(Stream& stream) {
  const EntryRef front = stream.held.front();
  const Seq seq = front->entry.seq;
  if (stream.delivered && seq <= *stream.delivered) {
    stream.held.pop_front();
    sink_.Delayed(*front);
    return true;
  }
  if (stream.delivered && seq > stream.delivered->Next()) {
    BackFill(stream, Seq(seq.number() - 1));
    return false;
  }
  if (!stream.members || stream.members->members_seq < front->members_seq) {
    LoadMembers(stream);
    return false;
  }
  stream.held.pop_front();
  if (!stream.delivered) stream.first = seq;
  stream.delivered = seq;
  sink_.Deliver(*front, *stream.members);
  return true;
}

// The list may be newer than the entry that asks for it, so it names also those who were removed
// after what has been handed on.
void Delivery::LoadMembers(Stream& stream) {
  stream.reading = Reading::kMembers;
  const Seq after = stream.held.empty()
                        ? stream.delivered.value_or(stream.held_changes.front()->head_seq)
                        : Seq(stream.held.front()->entry.seq.number() - 1);
  conversations_.ListMembers(stream.conversation_id, after,
                             [self = std::weak_ptr(self_), id = stream.conversation_id](auto list) {
                               if (const auto delivery = self.lock())
                                 (*delivery)->MembersLoaded(id, std::move(list));
                             });
}

// Of the member list that what is handed on next belongs to.
Seq Delivery::NeededMembersSeq(const Stream& stream) {
  if (!stream.held.empty()) return stream.held.front()->members_seq;
  return stream.held_changes.empty() ? Seq() : stream.held_changes.front()->members_seq;
}

void Delivery::MembersLoaded(ConversationId conversation, Result<MemberList, ViewError> list) {
  Stream* stream = Find(conversation);
  if (stream == nullptr) return;
  stream->reading = Reading::kNothing;
  if (!list && list.error() == ViewError::kUnavailable) return Stall(*stream);
  if (!list) return GiveUp(*stream);
  const bool fresh = NeededMembersSeq(*stream) <= list->members_seq;
  SetMembers(*stream, std::move(*list));
  if (!fresh) return Fruitless(*stream);
  stream->fruitless = 0;
  Pump(*stream);
}

void Delivery::BackFill(Stream& stream, Seq through) {
  stream.reading = Reading::kEntries;
  DelayHeld(stream);
  const Seq after = *stream.delivered;
  const Seq last(std::min(through.number(), after.number() + kBackFillEntriesMax));
  messages_.ReadRange(stream.conversation_id, after, last,
                      [self = std::weak_ptr(self_), id = stream.conversation_id](auto entries) {
                        if (const auto delivery = self.lock()) {
                          (*delivery)->BackFilled(id, std::move(entries));
                        }
                      });
}

void Delivery::BackFilled(ConversationId conversation,
                          Result<std::vector<Entry>, ReadError> entries) {
  Stream* stream = Find(conversation);
  if (stream == nullptr) return;
  stream->reading = Reading::kNothing;
  if (!entries) return Stall(*stream);
  if (entries->empty()) return Fruitless(*stream);
  stream->fruitless = 0;
  // The store does not say what members_seq was then: it was at least that of the last entry here
  // that changed the membership.
  Seq members_seq = stream->members ? stream->members->members_seq : Seq();
  for (Entry& entry : *entries) {
    if (ChangesMembers(entry.kind)) members_seq = std::max(members_seq, entry.seq);
    Hold(*stream, std::make_shared<CommittedEntry>(std::move(entry), SendOrigin{}, members_seq));
  }
  Pump(*stream);
}

// The store answered, but not with what the bus announced.
void Delivery::Fruitless(Stream& stream) {
  if (++stream.fruitless > limits_.fruitless_max) return GiveUp(stream);
  Stall(stream);
}

void Delivery::Stall(Stream& stream) {
  stream.stalled = true;
  stalled_.push_back(stream.conversation_id);
  DelayHeld(stream);
}

void Delivery::DelayHeld(const Stream& stream) {
  for (const EntryRef& held : stream.held) sink_.Delayed(*held);
}

// The members get a gap and pull for themselves; a conversation without members owes nobody one.
void Delivery::GiveUp(Stream& stream) {
  DelayHeld(stream);
  stream.fruitless = 0;
  stream.held.clear();
  stream.delivered = stream.head;
  stream.held_changes.clear();
  stream.hole_since.reset();
  if (stream.head_change != Change()) stream.changed = stream.head_change;
  TellSkipped(stream);
}

// Entries of several nodes come in any order, so the first one that is heard of a conversation may
// not be the first that is owed. All before it are committed: one gap makes up for all of them.
void Delivery::TellMissed(Stream& stream) {
  stream.first = Seq();
  stream.first_change = Change();
  TellSkipped(stream);
}

void Delivery::TellSkipped(const Stream& stream) {
  if (!stream.members) return;
  sink_.Skipped(stream.conversation_id, {stream.head, stream.head_change}, stream.members->members);
}

void Delivery::Advance(Instant now) {
  now_ = now;
  SkipOverdueChanges();
  if (stalled_.empty() || now < next_retry_) return;
  next_retry_ = now + kRetryInterval;
  for (const ConversationId conversation : std::exchange(stalled_, {})) {
    Stream* stream = Find(conversation);
    if (stream == nullptr) continue;
    stream->stalled = false;
    Pump(*stream);
  }
}

bool Delivery::Holds(ConversationId conversation) const {
  const auto at = by_id_.find(conversation);
  return at != by_id_.end() && !(at->second->held.empty() && at->second->held_changes.empty());
}

bool Delivery::HoldsSend(ConversationId conversation, const SendOrigin& origin) const {
  const auto at = by_id_.find(conversation);
  if (at == by_id_.end()) return false;
  return std::ranges::any_of(at->second->held,
                             [&](const EntryRef& held) { return held->origin == origin; });
}

void Delivery::SetMembers(Stream& stream, std::optional<MemberList> members) {
  if (stream.members) members_cached_ -= stream.members->members.size();
  stream.members = std::move(members);
  if (stream.members) members_cached_ += stream.members->members.size();
}

}  // namespace chat
