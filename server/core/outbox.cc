#include "server/core/outbox.h"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"

namespace chat {
namespace {

enum class ItemKind : std::uint8_t {
  kKept,
  kBody,    // gives way to a gap
  kGap,     // stands for the Gap of its conversation; its frame is there, not here
  kSignal,  // presence, a receipt or typing, encoded
};

struct Item {
  ItemKind kind = ItemKind::kKept;
  WireFrame frame = nullptr;
  // Of a body or a gap.
  ConversationId conversation = {};
  // Of a body.
  Seq head_seq = {};
  Change head_change = {};
};

// A gap of which nothing is written yet, so its heads may still rise.
struct Gap {
  ConversationId conversation;
  Seq head_seq;
  Change head_change;
  WireFrame frame;  // none until shown, and again none when a head rises after that
};

WireFrame EncodeGap(Encoding encoding, const Gap& gap) {
  v1::ServerFrame frame;
  v1::GapEvent& event = *frame.mutable_gap();
  event.set_conversation_id(gap.conversation.number());
  event.set_head_seq(gap.head_seq.number());
  event.set_head_change(gap.head_change.number());
  return EncodeWire(encoding, frame);
}

WireFrame EncodePresence(Encoding encoding, std::span<const PresenceChange> changes) {
  v1::ServerFrame frame;
  v1::PresenceEvent& event = *frame.mutable_presence();
  event.mutable_users()->Reserve(static_cast<int>(changes.size()));
  for (const PresenceChange& change : changes) {
    *event.add_users() = ToWire(change.seen, change.online);
  }
  return EncodeWire(encoding, frame);
}

UserId UserOf(const PresenceChange& change) { return change.seen.user_id; }

}  // namespace

enum class Outbox::SignalKind : std::uint8_t { kReceipt, kTyping };

struct Outbox::Signal {
  static auto KeyOf(const Signal& signal) {
    return std::tuple(signal.kind, signal.conversation, signal.user);
  }

  SignalKind kind;
  ConversationId conversation;
  UserId user;
  WireFrame frame;
};

// The three vectors after the numbers are sorted by their keys: no node per entry, and the same
// order on every run.
struct Outbox::State {
  bool drained() const { return first == fifo.size() && presence.empty() && passing.empty(); }
  bool waiting() const { return first < fifo.size(); }
  std::span<Item> items() { return std::span(fifo).subspan(first); }

  void Append(Item item);
  void PopFront();
  void DropSignals(OutboxTotals& totals);
  void ReplaceBodies(OutboxTotals& totals);
  Gap* FindGap(ConversationId conversation);
  bool RaiseGap(ConversationId conversation, Seq seq, Change change);
  bool OpenGap(ConversationId conversation, Seq seq, Change change);
  void BeginWriting(Item& item);
  std::size_t ConsumeFirst(std::size_t more);
  std::string_view View(const Item& item, Encoding encoding);
  std::size_t Show(std::span<std::string_view> parts, std::size_t shown, Encoding encoding);
  bool EncodePending(Encoding encoding);

  std::vector<Item> fifo;
  std::size_t bytes = 0;      // as Outbox::bytes()
  std::size_t written = 0;    // bytes of the first item
  std::uint32_t first = 0;    // items before it are gone
  std::uint32_t signals = 0;  // items of kind kSignal
  std::vector<Gap> gaps;
  std::vector<PresenceChange> presence;
  std::vector<Signal> passing;
};

void Outbox::State::Append(Item item) {
  bytes += item.kind == ItemKind::kGap ? kSignalBytesMax : item.frame->size();
  if (item.kind == ItemKind::kSignal) ++signals;
  fifo.push_back(std::move(item));
}

void Outbox::State::PopFront() {
  if (fifo[first].kind == ItemKind::kSignal) --signals;
  fifo[first] = Item();
  written = 0;
  ++first;
  // A reader that never quite catches up must not make the front grow.
  if (2 * first < fifo.size()) return;
  fifo.erase(fifo.begin(), fifo.begin() + static_cast<std::ptrdiff_t>(first));
  first = 0;
}

void Outbox::State::DropSignals(OutboxTotals& totals) {
  for (const Signal& pending : passing) bytes -= pending.frame->size();
  totals.signals_shed += passing.size();
  passing.clear();
}

void Outbox::State::ReplaceBodies(OutboxTotals& totals) {
  auto kept = fifo.begin() + static_cast<std::ptrdiff_t>(first) + (written > 0 ? 1 : 0);
  for (auto item = kept; item != fifo.end(); ++item) {
    if (item->kind == ItemKind::kBody) {
      bytes -= item->frame->size();
      ++totals.bodies_shed;
      if (!OpenGap(item->conversation, item->head_seq, item->head_change)) continue;
      ++totals.gaps;
      bytes += kSignalBytesMax;
      item->kind = ItemKind::kGap;
      item->frame.reset();
    }
    if (kept != item) *kept = std::move(*item);
    ++kept;
  }
  fifo.erase(kept, fifo.end());
}

Gap* Outbox::State::FindGap(ConversationId conversation) {
  const auto at = std::ranges::lower_bound(gaps, conversation, {}, &Gap::conversation);
  return at != gaps.end() && at->conversation == conversation ? &*at : nullptr;
}

// False when no gap of this conversation waits.
bool Outbox::State::RaiseGap(ConversationId conversation, Seq seq, Change change) {
  Gap* const gap = FindGap(conversation);
  if (gap == nullptr) return false;
  gap->head_seq = std::max(gap->head_seq, seq);
  gap->head_change = std::max(gap->head_change, change);
  if (gap->frame) {
    bytes += kSignalBytesMax - gap->frame->size();
    gap->frame.reset();
  }
  return true;
}

// True when it is new and needs an item; otherwise the one that waits took on the heads.
bool Outbox::State::OpenGap(ConversationId conversation, Seq seq, Change change) {
  if (RaiseGap(conversation, seq, change)) return false;
  const auto at = std::ranges::lower_bound(gaps, conversation, {}, &Gap::conversation);
  gaps.insert(at, Gap{conversation, seq, change, nullptr});
  return true;
}

// The client is going to get a gap as it was shown: from here on it is a frame like any other.
void Outbox::State::BeginWriting(Item& item) {
  if (item.kind != ItemKind::kGap) return;
  Gap* const gap = FindGap(item.conversation);
  assert(gap != nullptr && gap->frame);
  item.kind = ItemKind::kKept;
  item.frame = std::move(gap->frame);
  gaps.erase(gaps.begin() + (gap - gaps.data()));
}

// Takes up to `more` bytes off the first item; returns how many.
std::size_t Outbox::State::ConsumeFirst(std::size_t more) {
  Item& item = items().front();
  BeginWriting(item);
  const std::size_t taken = std::min(more, item.frame->size() - written);
  written += taken;
  bytes -= taken;
  if (written == item.frame->size()) PopFront();
  return taken;
}

std::string_view Outbox::State::View(const Item& item, Encoding encoding) {
  if (item.kind != ItemKind::kGap) return *item.frame;
  Gap& gap = *FindGap(item.conversation);
  if (!gap.frame) {
    gap.frame = EncodeGap(encoding, gap);
    assert(gap.frame->size() <= kSignalBytesMax);
    bytes -= kSignalBytesMax - gap.frame->size();
  }
  return *gap.frame;
}

// Fills `parts` from the item numbered `shown` on; returns how many are filled then.
std::size_t Outbox::State::Show(std::span<std::string_view> parts, std::size_t shown,
                                Encoding encoding) {
  const std::span<Item> waiting_items = items();
  for (; shown < std::min(parts.size(), waiting_items.size()); ++shown) {
    parts[shown] = View(waiting_items[shown], encoding);
    if (shown == 0) parts[shown].remove_prefix(written);
  }
  return shown;
}

// Turns what is pending into frames at the end. Not while such frames wait: then the reader has not
// taken the last ones, and what comes now is better kept as the latest of its key. False when
// nothing was added.
bool Outbox::State::EncodePending(Encoding encoding) {
  if (signals > 0 || (presence.empty() && passing.empty())) return false;
  if (!presence.empty()) {
    const std::size_t count = std::min(presence.size(), kWatchUsersMax);
    bytes -= count * kSignalBytesMax;
    Append({.kind = ItemKind::kSignal,
            .frame = EncodePresence(encoding, std::span(presence).first(count))});
    presence.erase(presence.begin(), presence.begin() + static_cast<std::ptrdiff_t>(count));
  }
  for (Signal& pending : passing) {
    bytes -= pending.frame->size();
    Append({.kind = ItemKind::kSignal, .frame = std::move(pending.frame)});
  }
  passing.clear();
  return true;
}

Outbox::Outbox(Encoding encoding, const OutboxLimits& limits, OutboxTotals& totals)
    : limits_(&limits), totals_(&totals), encoding_(encoding) {
  assert(limits.bytes_max <= limits.bytes_hard_max);
}

// Keeps the shard's sum right over one change, of which there are too many kinds to count each.
class Outbox::Accounting {
 public:
  explicit Accounting(const Outbox& outbox) : outbox_(outbox), before_(outbox.bytes()) {}
  ~Accounting() { outbox_.totals_->bytes += outbox_.bytes() - before_; }
  Accounting(const Accounting&) = delete;
  Accounting& operator=(const Accounting&) = delete;

 private:
  const Outbox& outbox_;
  std::size_t before_;
};

Outbox::~Outbox() { totals_->bytes -= bytes(); }

std::size_t Outbox::bytes() const { return state_ ? state_->bytes : 0; }

Outbox::State& Outbox::Open() {
  if (!state_) {
    // Most outboxes get one frame or two and are empty again at the end of the turn. Blocks of up
    // to 120 bytes cost the allocator next to nothing to give and to take back.
    static_assert(sizeof(State) <= 120 && 2 * sizeof(Item) <= 120);
    state_ = std::make_unique<State>();
    state_->fifo.reserve(2);
  }
  return *state_;
}

void Outbox::DropSignals() {
  if (!state_) return;
  state_->DropSignals(*totals_);
  if (state_->drained()) state_.reset();
}

void Outbox::DropPresence() {
  const Accounting accounting(*this);
  if (!state_) return;
  state_->bytes -= state_->presence.size() * kSignalBytesMax;
  state_->presence.clear();
  if (state_->drained()) state_.reset();
}

void Outbox::Shed() {
  DropSignals();
  if (state_) state_->ReplaceBodies(*totals_);
}

// Makes room for `more` bytes that must not be lost; false when there is none.
bool Outbox::Admit(std::size_t more) {
  if (overflowed_) return false;
  if (bytes() + more <= limits_->bytes_hard_max) return true;
  Shed();
  if (bytes() + more <= limits_->bytes_hard_max) return true;
  overflowed_ = true;
  ++totals_->overflows;
  return false;
}

void Outbox::Push(WireFrame frame) {
  const Accounting accounting(*this);
  if (Admit(frame->size())) Open().Append({.frame = std::move(frame)});
}

void Outbox::PushBody(WireFrame frame, ConversationId conversation, Seq seq, Change change) {
  const Accounting accounting(*this);
  if (overflowed_) return;
  const bool waiting = state_ && state_->waiting();
  const std::size_t room = waiting ? limits_->bytes_max : limits_->bytes_hard_max;
  if (bytes() + frame->size() > room) DropSignals();
  if (bytes() + frame->size() > room) Shed();
  if (state_ && state_->RaiseGap(conversation, seq, change)) {
    ++totals_->bodies_shed;
    // Many gaps can be longer than the short bodies they stand for.
    Admit(0);
  } else if (bytes() + frame->size() > room) {
    AddGap(conversation, seq, change);
  } else {
    Open().Append({ItemKind::kBody, std::move(frame), conversation, seq, change});
  }
}

void Outbox::AddGap(ConversationId conversation, Seq seq, Change change) {
  ++totals_->bodies_shed;
  if (!Admit(kSignalBytesMax)) return;
  ++totals_->gaps;
  Open().OpenGap(conversation, seq, change);
  Open().Append({.kind = ItemKind::kGap, .conversation = conversation});
}

void Outbox::PushPresence(const PresenceChange& change) {
  const Accounting accounting(*this);
  if (overflowed_) return;
  if (state_) {
    const auto at = std::ranges::lower_bound(state_->presence, UserOf(change), {}, UserOf);
    if (at != state_->presence.end() && UserOf(*at) == UserOf(change)) {
      *at = change;
      return;
    }
  }
  if (!Admit(kSignalBytesMax)) return;
  State& state = Open();
  state.bytes += kSignalBytesMax;
  state.presence.insert(std::ranges::upper_bound(state.presence, UserOf(change), {}, UserOf),
                        change);
}

void Outbox::PushPresenceSnapshot(WireFrame frame) {
  DropPresence();
  Push(std::move(frame));
}

void Outbox::PushTyping(WireFrame frame, ConversationId conversation, UserId user) {
  PushSignal({SignalKind::kTyping, conversation, user, std::move(frame)});
}

void Outbox::PushReceipt(WireFrame frame, ConversationId conversation, UserId user) {
  PushSignal({SignalKind::kReceipt, conversation, user, std::move(frame)});
}

void Outbox::PushSignal(Signal signal) {
  const Accounting accounting(*this);
  if (overflowed_) return;
  if (bytes() + signal.frame->size() > limits_->bytes_max) {
    ++totals_->signals_shed;
    return;
  }
  State& state = Open();
  state.bytes += signal.frame->size();
  const auto at = std::ranges::lower_bound(state.passing, Signal::KeyOf(signal), {}, Signal::KeyOf);
  if (at != state.passing.end() && Signal::KeyOf(*at) == Signal::KeyOf(signal)) {
    state.bytes -= at->frame->size();
    *at = std::move(signal);
  } else {
    state.passing.insert(at, std::move(signal));
  }
}

std::size_t Outbox::Gather(std::span<std::string_view> parts) {
  const Accounting accounting(*this);
  if (!state_) return 0;
  const std::size_t shown = state_->Show(parts, 0, encoding_);
  if (shown == parts.size() || !state_->EncodePending(encoding_)) return shown;
  return state_->Show(parts, shown, encoding_);
}

void Outbox::Consume(std::size_t bytes) {
  const Accounting accounting(*this);
  while (bytes > 0) {
    assert(state_ && state_->waiting());
    bytes -= state_->ConsumeFirst(bytes);
  }
  if (state_ && state_->drained()) state_.reset();
}

}  // namespace chat
