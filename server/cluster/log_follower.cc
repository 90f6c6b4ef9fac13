#include "server/cluster/log_follower.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace chat::cluster {

LogFollower::LogFollower(FollowerOptions options, FollowerPorts ports)
    : options_(options), ports_(ports), self_(std::make_shared<LogFollower*>(this)) {}

void LogFollower::Advance(Moment now) {
  now_ = now;
  if (!first_turn_) first_turn_ = now.steady;
  if (now.steady - *first_turn_ >= options_.join_wait) join_decided_ = true;
  if (join_decided_ && !checking_ && now.steady >= next_check_) BeginCheck();
  if (!std::exchange(read_later_, false)) return;
  for (auto& [name, lane] : lanes_) Pump(name, lane);
}

void LogFollower::BroadcastJoined() {
  joined_ = true;
  join_decided_ = true;
  // What was said before is lost, and nothing will tell so but the log.
  urgent_ = true;
  next_check_ = now_.steady;
}

void LogFollower::BroadcastLost() {
  joined_ = false;
  join_decided_ = true;
  next_check_ = std::min(next_check_, now_.steady + options_.check_interval_alone);
}

// The shards have it already, so only the order is kept.
void LogFollower::Committed(const CommitBatch& batch) {
  if (batch.position.origin == Epoch() || batch.position.batch == 0) return;
  const LaneName name = NameOf(batch.position);
  Lane& lane = lanes_[name];
  lane.own = true;
  const std::uint64_t number = batch.position.batch;
  if (number <= lane.position) return;
  if (number == lane.position + 1) {
    Pass(lane, number, nullptr);
  } else {
    Hold(lane, number, nullptr);
  }
  Pump(name, lane);
  PublishHorizon();
}

void LogFollower::Heard(const Hint& hint) {
  ++counts_.hints_heard;
  const LaneName name = NameOf(hint.position);
  Lane* lane = FindOrAdd(name);
  if (lane == nullptr) return;
  lane->touched = check_;
  const std::uint64_t number = hint.position.batch;
  // What this node committed itself it hears of from its own store.
  if (lane->own || name.origin == options_.origin || number <= lane->position) {
    ++counts_.hints_repeated;
    return;
  }
  if (started_ && hint.batch && number == lane->position + 1) {
    Pass(*lane, number, hint.batch);
  } else {
    if (started_ && number > lane->position + 1) ++counts_.hints_ahead;
    if (hint.batch) Hold(*lane, number, hint.batch);
    lane->wanted = std::max(lane->wanted, number);
  }
  Pump(name, *lane);
  PublishHorizon();
}

// Lanes that only hints tell of are bounded: anyone can invent them.
LogFollower::Lane* LogFollower::FindOrAdd(const LaneName& name) {
  const auto at = lanes_.find(name);
  if (at != lanes_.end()) return &at->second;
  if (lanes_.size() >= options_.lanes_max) return nullptr;
  return &lanes_[name];
}

// What does not fit is read from the log later, because `wanted` remembers that it exists.
void LogFollower::Hold(Lane& lane, std::uint64_t number, std::shared_ptr<const CommitBatch> batch) {
  lane.wanted = std::max(lane.wanted, number);
  if (held_count_ >= options_.held_max) return;
  if (lane.held.emplace(number, std::move(batch)).second) ++held_count_;
}

void LogFollower::Pump(const LaneName& name, Lane& lane) {
  if (!started_ && !lane.own) return;
  DropHeld(lane, lane.position);
  while (!lane.held.empty() && lane.held.begin()->first == lane.position + 1) {
    auto next = lane.held.extract(lane.held.begin());
    --held_count_;
    Pass(lane, next.key(), std::move(next.mapped()));
  }
  if (started_ && lane.position < lane.wanted) Read(name, lane);
}

void LogFollower::DropHeld(Lane& lane, std::uint64_t through) {
  const auto end = lane.held.upper_bound(through);
  held_count_ -= static_cast<std::size_t>(std::distance(lane.held.begin(), end));
  lane.held.erase(lane.held.begin(), end);
}

void LogFollower::Pass(Lane& lane, std::uint64_t number, std::shared_ptr<const CommitBatch> batch) {
  lane.position = number;
  lane.fresh = false;
  if (!batch) return;
  ++counts_.batches_handed_on;
  ports_.to_shards.Publish(std::move(batch));
}

void LogFollower::Read(const LaneName& name, Lane& lane) {
  if (lane.read != 0) return;
  if (now_.steady < lane.retry_at || reads_running_ >= options_.reads_max) {
    read_later_ = true;
    return;
  }
  lane.read = ++last_read_;
  lane.read_after = lane.position;
  lane.read_wanted = lane.wanted;
  lane.read_head = lane.head;
  ++reads_running_;
  ++counts_.log_reads;
  ports_.log.ReadAfter({name.origin, name.lane, lane.position},
                       [self = std::weak_ptr(self_), name, read = lane.read](auto batches) {
                         const auto follower = self.lock();
                         if (follower) (*follower)->LogRead(name, read, batches);
                       });
}

void LogFollower::LogRead(const LaneName& name, std::uint64_t read,
                          const Result<Batches, ReadError>& batches) {
  --reads_running_;
  const auto at = lanes_.find(name);
  if (at == lanes_.end() || at->second.read != read) return;
  Lane& lane = at->second;
  lane.read = 0;
  if (!batches) {
    ++counts_.log_reads_failed;
    lane.back_off = std::clamp(lane.back_off * 2, options_.retry_first, options_.retry_max);
    lane.retry_at = now_.steady + lane.back_off;
  } else {
    lane.back_off = {};
    const bool lost = batches->empty() ? TakeNothing(lane) : TakeBatches(lane, *batches);
    if (lost) TellLost();
  }
  Pump(name, lane);
  PublishHorizon();
}

// True when some batch between the last one and these is gone.
bool LogFollower::TakeBatches(Lane& lane, const Batches& batches) {
  bool lost = false;
  for (const std::shared_ptr<const CommitBatch>& batch : batches) {
    const std::uint64_t number = batch->position.batch;
    if (number <= lane.position) continue;
    DropHeld(lane, lane.position);
    // A hint that came before this answer is as good, and tells whether the shards have it.
    const auto held = lane.held.find(number);
    const bool told = held != lane.held.end() && !held->second;
    lost = lost || (number > lane.position + 1 && !lane.fresh);
    Pass(lane, number, told ? nullptr : batch);
    if (!told) ++counts_.batches_read_back;
  }
  return lost;
}

// The log has nothing after the position. True when the store itself had said that there was more.
bool LogFollower::TakeNothing(Lane& lane) {
  const bool heard_more = lane.wanted != lane.read_wanted || lane.head != lane.read_head;
  if (heard_more || lane.position != lane.read_after) return false;
  const bool lost = lane.head > lane.position;
  lane.position = std::max(lane.position, lane.head);
  lane.wanted = lane.position;
  DropHeld(lane, std::numeric_limits<std::uint64_t>::max());
  return lost;
}

void LogFollower::TellLost() {
  ++counts_.times_track_was_lost;
  ports_.sink.LostTrack();
}

void LogFollower::BeginCheck() {
  checking_ = true;
  ++check_;
  ++counts_.head_checks;
  check_began_ = now_;
  check_urgent_ = std::exchange(urgent_, false) || !joined_;
  ports_.log.ReadHeads([self = std::weak_ptr(self_)](auto heads) {
    if (const auto follower = self.lock()) (*follower)->HeadsRead(heads);
  });
}

void LogFollower::HeadsRead(const Result<Heads, ReadError>& heads) {
  checking_ = false;
  const auto interval = joined_ ? options_.check_interval : options_.check_interval_alone;
  next_check_ = std::max(check_began_.steady + interval, now_.steady);
  if (urgent_) next_check_ = now_.steady;
  if (!heads) {
    ++counts_.head_checks_failed;
    urgent_ = urgent_ || check_urgent_;
    next_check_ = now_.steady + options_.check_interval_alone;
    return;
  }
  const bool lost = started_ && TooLongAgo();
  if (!started_ || lost) {
    StartAt(*heads);
  } else {
    Compare(*heads);
  }
  last_good_check_ = check_began_;
  if (lost) TellLost();
  Await(*heads);
  ForgetIdle(*heads);
  PublishHorizon();
}

// Lanes may have come and been forgotten since the last check. The wall clock counts too, because
// the other one may stand still while the machine sleeps.
bool LogFollower::TooLongAgo() const {
  return check_began_.steady - last_good_check_->steady > options_.log_memory ||
         check_began_.wall - last_good_check_->wall > options_.log_memory;
}

// What is up to the heads is history, which clients pull; all after them is handed on. The node's
// own lanes need no start: its store tells of every batch.
void LogFollower::StartAt(const Heads& heads) {
  started_ = true;
  for (const LogPosition& head : heads) {
    Lane& lane = lanes_[NameOf(head)];
    lane.own = lane.own || head.origin == options_.origin;
    lane.head = head.batch;
    if (lane.own) continue;
    lane.position = std::max(lane.position, head.batch);
    lane.fresh = false;
  }
  for (auto& [name, lane] : lanes_) Pump(name, lane);
}

// A head that the last check saw already had a second for its hint to arrive.
void LogFollower::Compare(const Heads& heads) {
  for (const LogPosition& head : heads) {
    const LaneName name = NameOf(head);
    Lane& lane = lanes_[name];
    lane.own = lane.own || head.origin == options_.origin;
    const std::uint64_t seen_before = std::exchange(lane.head, head.batch);
    const bool urgent = check_urgent_ && !lane.own;
    if (lane.position >= (urgent ? head.batch : seen_before)) continue;
    lane.wanted = std::max(lane.wanted, head.batch);
    Pump(name, lane);
  }
}

// A lane that the log holds nothing of has nothing to lose. What a hint named since the check began
// is not in its answer yet.
void LogFollower::ForgetIdle(const Heads& heads) {
  std::vector<LaneName> named;
  named.reserve(heads.size());
  for (const LogPosition& head : heads) named.push_back(NameOf(head));
  std::ranges::sort(named);
  for (auto at = lanes_.begin(); at != lanes_.end();) {
    Lane& lane = at->second;
    const bool gone =
        !lane.own && lane.touched < check_ && !std::ranges::binary_search(named, at->first);
    // What is still missing of it ends in a read that finds nothing.
    if (gone) lane.wanted = std::max(lane.wanted, lane.head);
    if (gone && lane.held.empty() && lane.read == 0 && lane.position >= lane.wanted) {
      at = lanes_.erase(at);
      continue;
    }
    if (gone) Pump(at->first, lane);
    ++at;
  }
}

// While one check waits for its heads, later ones would only move the goal; the newest follows.
void LogFollower::Await(const Heads& heads) {
  (awaited_ ? awaited_next_ : awaited_) = Awaited{check_began_.steady, heads};
}

bool LogFollower::IsReached(const LogPosition& head) const {
  const auto at = lanes_.find(NameOf(head));
  return at == lanes_.end() || at->second.position >= head.batch;
}

void LogFollower::PublishHorizon() {
  while (awaited_) {
    std::erase_if(awaited_->heads, [&](const LogPosition& head) { return IsReached(head); });
    if (!awaited_->heads.empty()) return;
    const Instant reached = awaited_->began;
    awaited_ = std::exchange(awaited_next_, std::nullopt);
    if (horizon_ && reached <= *horizon_) continue;
    horizon_ = reached;
    auto batch = std::make_shared<CommitBatch>();
    batch->number = static_cast<CommitNumber>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(reached.time_since_epoch()).count());
    ports_.to_shards.Publish(std::shared_ptr<const CommitBatch>(std::move(batch)));
  }
}

}  // namespace chat::cluster
