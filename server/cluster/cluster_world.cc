#include "server/cluster/cluster_world.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/cluster/simulated_node.h"

namespace chat::cluster {
namespace {

using namespace std::chrono_literals;

constexpr auto kStep = 50ms;
constexpr int kNodes = 3;

}  // namespace

ClusterWorld::ClusterWorld(std::uint64_t seed) : random_(seed) {
  for (int node = 0; node < kNodes; ++node) StartNode();
}

ClusterWorld::~ClusterWorld() = default;

void ClusterWorld::At(std::chrono::milliseconds delay, std::function<void()> event) {
  events_.emplace(std::pair(now_ + delay, ++last_event_), std::move(event));
}

void ClusterWorld::RunUntil(Instant end) {
  while (now_ < end) {
    const Instant step_end = now_ + kStep;
    while (!events_.empty() && events_.begin()->first.first <= step_end) {
      auto event = events_.extract(events_.begin());
      now_ = std::max(now_, event.key().first);
      event.mapped()();
    }
    now_ = step_end;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!nodes_[i]->frozen()) nodes_[i]->Turn([] {});
    }
    Disorder();
  }
}

void ClusterWorld::Disturb(std::chrono::milliseconds time) {
  faulty_ = true;
  RunUntil(now_ + time);
}

void ClusterWorld::Heal(std::chrono::milliseconds time) {
  faulty_ = false;
  for (const auto& node : nodes_) {
    node->Thaw();
    if (!node->connected()) node->Connect();
  }
  RunUntil(now_ + time);
}

// One step of what goes on, faults included.
void ClusterWorld::Disorder() {
  if (!faulty_) return;
  std::size_t alive = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i]->alive()) continue;
    ++alive;
    if (!nodes_[i]->frozen()) DisorderOne(*nodes_[i]);
  }
  if (alive < kNodes && Draw(40) == 0) StartNode();
}

void ClusterWorld::DisorderOne(SimulatedNode& node) {
  if (Draw(4) == 0) node.Commit(static_cast<std::uint32_t>(Draw(3)));
  if (Draw(8) == 0) {
    node.Toggle(UserId(static_cast<std::int64_t>(1 + Draw(12))),
                static_cast<std::uint32_t>(Draw(2)));
  }
  if (Draw(400) == 0 && node.connected()) node.Disconnect(Delay(6'000));
  // Either short enough for the others to wait, or so long that they do not.
  if (Draw(600) == 0) node.Freeze(Draw(3) == 0 ? 14s + Delay(4'000) : Delay(6'000));
  if (Draw(1'200) == 0) node.Die();
}

void ClusterWorld::StartNode() {
  const Epoch epoch(++last_epoch_);
  nodes_.push_back(std::make_unique<SimulatedNode>(*this, epoch));
  SimulatedNode* node = nodes_.back().get();
  At(Delay(500), [node] {
    if (node->alive()) node->Connect();
  });
}

void ClusterWorld::Spread(const std::string& message) {
  for (const auto& node : nodes_) {
    if (!node->alive()) continue;
    SimulatedNode* to = node.get();
    if (Chance(5)) {
      ++happened_["messages dropped"];
      continue;
    }
    const int copies = Chance(5) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
      At(Delay(faulty_ && Draw(10) == 0 ? 300 : 3), [to, message] { to->Hear(message); });
    }
  }
}

std::vector<LogPosition> ClusterWorld::Heads() const {
  std::map<Lane, LogPosition> heads;
  for (const Row& row : rows_) heads[{row.position.origin, row.position.lane}] = row.position;
  std::vector<LogPosition> answer;
  std::ranges::transform(heads, std::back_inserter(answer), [](const auto& i) { return i.second; });
  return answer;
}

void ClusterWorld::Fail(std::string what) { failures_ += what + "\n"; }

std::string ClusterWorld::Check() const {
  std::string failures = failures_;
  for (const auto& node : nodes_) {
    if (node->tracks_lost() > 0) failures += "track was lost\n";
    if (!node->alive()) continue;
    if (!node->cluster().state().ready()) failures += "a healthy node is not ready\n";
    if (!node->cluster().state().presence_whole) failures += "presence is not whole\n";
    for (const Row& row : rows_) {
      if (!node->Knows(row.position)) failures += "a batch was never handed on\n";
    }
    std::set<WorldPlace> truth;
    for (const auto& other : nodes_) {
      if (!other->alive() || other == node) continue;
      for (const auto& [user, shard] : other->online()) truth.insert({other->own(), user, shard});
    }
    if (truth != node->seen()) failures += "presence is not what it should be\n";
  }
  return failures;
}

}  // namespace chat::cluster
