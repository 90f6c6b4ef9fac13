#include "server/postgres/append_lanes.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace chat::postgres {
namespace {

constexpr std::uint32_t kFastLane = 0;
constexpr std::uint32_t kSlowLane = 1;

// The first thread must not wait for long, whatever is locked besides conversations.
constexpr std::chrono::milliseconds kFastLockTimeout{200};
// How long the second thread waits for one conversation before it looks after the others again.
constexpr std::chrono::milliseconds kSlowLockTimeout{50};

std::size_t BytesOf(const NewMessage& message) {
  return message.text.size() + message.client_msg_id.size();
}

ConnectOptions ForLane(ConnectOptions connect, const char* purpose,
                       std::chrono::milliseconds lock_timeout) {
  connect.purpose = purpose;
  connect.lock_timeout = lock_timeout;
  return connect;
}

// What makes a message the same as an earlier one.
using RetryKey = std::tuple<ConversationId, UserId, std::string_view>;

// The messages that are handed over, and which of them each item is.
struct Singles {
  std::vector<const PendingAppend*> messages;
  std::vector<std::size_t> single_of;
};

Singles FindSingles(const std::vector<AppendItem>& items) {
  Singles singles;
  std::map<RetryKey, std::size_t> seen;
  for (const AppendItem& item : items) {
    const NewMessage& message = item.pending.message;
    const RetryKey key{message.conversation_id, message.sender_id, message.client_msg_id};
    const auto [known, is_new] = seen.try_emplace(key, singles.messages.size());
    if (is_new) singles.messages.push_back(&item.pending);
    singles.single_of.push_back(known->second);
  }
  return singles;
}

// An item gets the verdict of the message it repeats, unless it has other content.
AppendVerdict VerdictOf(const AppendItem& item, const PendingAppend& single,
                        const AppendVerdict& verdict) {
  if (verdict.outcome == AppendOutcome::kSkipped || item.pending.hash == single.hash) {
    return verdict;
  }
  return {.outcome = AppendOutcome::kIdReused, .appended = {}, .members_seq = {}};
}

SteadyTime EarliestDeadline(const std::vector<AppendItem>& items) {
  return std::ranges::min_element(items, {}, &AppendItem::deadline)->deadline;
}

template <typename Items>
void MoveAll(Items from, Items& to) {
  std::ranges::move(from, std::back_inserter(to));
}

}  // namespace

AppendLanes::AppendLanes(Options options, AppendLog::Surroundings surroundings)
    : options_(std::move(options)),
      fast_log_(kFastLane, ForLane(options_.connect, "appends", kFastLockTimeout), surroundings),
      slow_log_(kSlowLane, ForLane(options_.connect, "locked appends", kSlowLockTimeout),
                surroundings),
      fast_(options_.queue),
      slow_(options_.queue),
      fast_thread_([this] { RunFast(); }),
      slow_thread_([this] { RunSlow(); }) {}

AppendLanes::~AppendLanes() { Stop(); }

void AppendLanes::Submit(Executor& home, NewMessage message,
                         Completion<Appended, AppendError> done) {
  ++item_count_;
  const std::size_t bytes = BytesOf(message);
  const ContentHash hash = HashContent(message);
  AppendItem item{.pending = {.message = std::move(message), .hash = hash},
                  .home = &home,
                  .done = std::move(done),
                  .deadline = DeadlineAfter(options_.deadline)};
  if (fast_.TryPush(item, bytes)) return;
  Items refused;
  refused.push_back(std::move(item));
  Refuse(std::move(refused));
}

void AppendLanes::Stop() {
  stopping_ = true;
  Refuse(fast_.Close());
  if (fast_thread_.joinable()) fast_thread_.join();
  Refuse(slow_.Close());
  if (slow_thread_.joinable()) slow_thread_.join();
}

void AppendLanes::RunFast() {
  while (true) {
    Items items = fast_.Take(options_.batch_items_max);
    if (items.empty()) return;
    while (!items.empty()) AppendFast(TakeBatch(items));
  }
}

void AppendLanes::AppendFast(Items items) {
  items = RefuseOverdue(std::move(items));
  Items fast;
  Items slow;
  for (AppendItem& item : items) {
    (IsSlow(item.pending.message.conversation_id) ? slow : fast).push_back(std::move(item));
  }
  PassToSlow(std::move(slow));
  PassToSlow(HandOver(fast_log_, std::move(fast), LockWait::kSkip));
}

void AppendLanes::PassToSlow(Items items) {
  Items refused;
  for (AppendItem& item : items) {
    const std::size_t bytes = BytesOf(item.pending.message);
    const ConversationId conversation = item.pending.message.conversation_id;
    CountSlow(conversation, 1);
    if (!slow_.TryPush(item, bytes)) refused.push_back(std::move(item));
  }
  Refuse(std::move(refused));
}

void AppendLanes::RunSlow() {
  Items waiting;
  while (!stopping_) {
    MoveAll(waiting.empty() ? slow_.Take(options_.batch_items_max)
                            : slow_.TakeNow(options_.queue.items_max),
            waiting);
    if (waiting.empty()) break;
    waiting = AppendSlow(std::move(waiting));
  }
  Refuse(std::move(waiting));
}

AppendLanes::Items AppendLanes::AppendSlow(Items waiting) {
  waiting = RefuseOverdue(std::move(waiting));
  if (waiting.empty()) return {};
  Items batch = TakeBatch(waiting);
  const std::size_t count = batch.size();
  Items still = HandOver(slow_log_, std::move(batch), LockWait::kSkip);
  const bool all_held = still.size() == count;
  MoveAll(std::move(waiting), still);
  return all_held ? WaitForOldest(std::move(still)) : std::move(still);
}

// The conversation that waited longest is waited for, for a moment, and then comes last.
AppendLanes::Items AppendLanes::WaitForOldest(Items waiting) {
  const ConversationId oldest = waiting.front().pending.message.conversation_id;
  Items mine;
  Items others;
  for (AppendItem& item : waiting) {
    (item.pending.message.conversation_id == oldest ? mine : others).push_back(std::move(item));
  }
  Items batch = TakeBatch(mine);
  MoveAll(HandOver(slow_log_, std::move(batch), LockWait::kWait), others);
  MoveAll(std::move(mine), others);
  return others;
}

// Takes from the front what fits into one batch, at least one.
AppendLanes::Items AppendLanes::TakeBatch(Items& items) const {
  std::size_t count = 0;
  std::size_t bytes = 0;
  while (count < std::min(items.size(), options_.batch_items_max)) {
    bytes += BytesOf(items[count].pending.message);
    if (count > 0 && bytes > options_.batch_bytes_max) break;
    ++count;
  }
  const auto end = items.begin() + static_cast<std::ptrdiff_t>(count);
  Items batch(std::make_move_iterator(items.begin()), std::make_move_iterator(end));
  items.erase(items.begin(), end);
  return batch;
}

AppendLanes::Items AppendLanes::RefuseOverdue(Items items) {
  const SteadyTime now = std::chrono::steady_clock::now();
  Items kept;
  Items overdue;
  for (AppendItem& item : items) {
    (item.deadline <= now ? overdue : kept).push_back(std::move(item));
  }
  Refuse(std::move(overdue));
  return kept;
}

AppendLanes::Items AppendLanes::HandOver(AppendLog& log, Items items, LockWait locks) {
  if (items.empty()) return {};
  const Singles singles = FindSingles(items);
  const auto verdicts = log.Store(singles.messages, locks, EarliestDeadline(items));
  if (!verdicts) {
    Refuse(std::move(items));
    return {};
  }
  Items decided;
  std::vector<AppendVerdict> decided_verdicts;
  Items skipped;
  // Singles are other items' messages, which must not be moved before they have been compared.
  std::vector<AppendVerdict> item_verdicts;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t single = singles.single_of[i];
    item_verdicts.push_back(VerdictOf(items[i], *singles.messages[single], (*verdicts)[single]));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (item_verdicts[i].outcome == AppendOutcome::kSkipped) {
      skipped.push_back(std::move(items[i]));
    } else {
      decided.push_back(std::move(items[i]));
      decided_verdicts.push_back(item_verdicts[i]);
    }
  }
  Answer(std::move(decided), decided_verdicts);
  return skipped;
}

// With one task for each home.
void AppendLanes::Answer(Items items, const std::vector<AppendVerdict>& verdicts) {
  using Answered = std::pair<Completion<Appended, AppendError>, Result<Appended, AppendError>>;
  std::map<Executor*, std::vector<Answered>> by_home;
  for (std::size_t i = 0; i < items.size(); ++i) {
    by_home[items[i].home].emplace_back(std::move(items[i].done), AnswerOf(verdicts[i]));
  }
  for (auto& [home, answers] : by_home) {
    home->Post([answers = std::move(answers)]() mutable {
      for (auto& [done, answer] : answers) done(std::move(answer));
    });
  }
  for (const AppendItem& item : items) CountSlow(item.pending.message.conversation_id, -1);
}

void AppendLanes::Refuse(Items items) {
  const std::vector<AppendVerdict> skipped(items.size());
  Answer(std::move(items), skipped);
}

bool AppendLanes::IsSlow(ConversationId conversation) const {
  const std::lock_guard lock(slow_mutex_);
  return slow_counts_.contains(conversation);
}

// Less one of a conversation that has none here is nothing: only the first thread hands over.
void AppendLanes::CountSlow(ConversationId conversation, int by) {
  const std::lock_guard lock(slow_mutex_);
  const auto known = slow_counts_.find(conversation);
  if (known == slow_counts_.end()) {
    if (by > 0) slow_counts_.emplace(conversation, by);
    return;
  }
  known->second += by;
  if (known->second == 0) slow_counts_.erase(known);
}

}  // namespace chat::postgres
