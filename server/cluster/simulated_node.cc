#include "server/cluster/simulated_node.h"

#include <chrono>
#include <utility>
#include <variant>

namespace chat::cluster {

using namespace std::chrono_literals;

SimulatedNode::SimulatedNode(ClusterWorld& world, Epoch origin)
    : world_(world), origin_(origin), lease_(origin) {
  ClusterOptions options;
  options.follower.origin = origin;
  options.follower.held_max = 8;
  options.presence.chunk_places_max = 3;
  world_.leases_[lease_] = {.renewals = 1, .renewed_at = world_.now_};
  cluster_ =
      std::make_unique<ClusterNode>(options, ClusterPorts{*this, *this, *this, *this, *this});
}

void SimulatedNode::Turn(std::function<void()> task) {
  if (!alive()) return;
  if (frozen_) {
    backlog_.push_back(std::move(task));
    return;
  }
  cluster_->Advance(world_.now());
  task();
  if (alive()) cluster_->Advance(world_.now());
}

void SimulatedNode::Die() {
  ++world_.happened_["deaths"];
  cluster_.reset();
  backlog_.clear();
}

void SimulatedNode::Freeze(std::chrono::milliseconds time) {
  ++world_.happened_["pauses"];
  frozen_ = true;
  world_.At(time, [this] { Thaw(); });
}

void SimulatedNode::Thaw() {
  if (!std::exchange(frozen_, false)) return;
  for (auto& task : std::exchange(backlog_, {})) Turn(std::move(task));
}

void SimulatedNode::Disconnect(std::chrono::milliseconds time) {
  ++world_.happened_["outages"];
  connected_ = false;
  // Sometimes nobody notices: what is said reaches no one, and the connection stands.
  if (world_.Draw(2) == 0) Turn([this] { cluster_->Lost(); });
  world_.At(time, [this, outage = ++outages_] {
    if (outage == outages_) Connect();
  });
}

void SimulatedNode::Connect() {
  connected_ = true;
  Turn([this] { cluster_->Joined(); });
}

void SimulatedNode::Hear(const std::string& message) {
  if (connected_) Turn([this, message] { cluster_->Heard(message); });
}

// The shards hear of it first, then the cluster's loop; or nobody does, when the commit was in
// doubt.
void SimulatedNode::Commit(std::uint32_t lane) {
  auto batch = std::make_shared<CommitBatch>();
  batch->position = {origin_, lane, ++last_batch_[lane]};
  batch->revoked_sessions.push_back({SessionId(1), UserId(2)});
  world_.rows_.push_back({batch->position, world_.now_});
  if (world_.Chance(2)) {
    ++world_.happened_["commits in doubt"];
    return;
  }
  Told(batch->position);
  BusMessage message = std::shared_ptr<const CommitBatch>(std::move(batch));
  Turn([this, message = std::move(message)] { cluster_->Handle(message); });
}

void SimulatedNode::Toggle(UserId user, std::uint32_t shard) {
  const bool online = online_.insert({user, shard}).second;
  if (!online) online_.erase({user, shard});
  std::vector<PresenceTransition> transitions;
  transitions.push_back(
      {.shard = shard, .user_id = user, .online = online, .at = world_.now().wall});
  BusMessage message = std::make_shared<const std::vector<PresenceTransition>>(transitions);
  Turn([this, message = std::move(message)] { cluster_->Handle(message); });
}

void SimulatedNode::Told(const LogPosition& position) {
  const Lane lane{position.origin, position.lane};
  auto& told = told_[lane];
  const bool in_order = told.empty() || position.batch <= *told.rbegin() + 1;
  // An own batch in doubt is found later than those after it.
  if (!in_order && position.origin != origin_) world_.Fail("a hole in what the shards were told");
  told.insert(position.batch);
}

bool SimulatedNode::Knows(const LogPosition& position) const {
  const Lane lane{position.origin, position.lane};
  const auto past = history_->find(lane);
  const bool own = position.origin == origin_;
  if (!own && past != history_->end() && position.batch <= past->second) return true;
  const auto told = told_.find(lane);
  return told != told_.end() && told->second.contains(position.batch);
}

void SimulatedNode::CheckHorizon(Instant horizon) {
  ++world_.happened_["horizons"];
  for (; known_rows_ < world_.rows_.size(); ++known_rows_) {
    const ClusterWorld::Row& row = world_.rows_[known_rows_];
    if (row.committed_at >= horizon) break;
    if (!Knows(row.position)) return world_.Fail("a horizon came too early");
  }
}

void SimulatedNode::Publish(BusMessage message) {
  if (const auto* batch = std::get_if<std::shared_ptr<const CommitBatch>>(&message)) {
    if ((*batch)->position.batch != 0) Told((*batch)->position);
    if ((*batch)->number == 0) return;
    const std::chrono::nanoseconds number((*batch)->number);
    return CheckHorizon(Instant(std::chrono::duration_cast<Instant::duration>(number)));
  }
  for (const auto& step :
       *std::get<std::shared_ptr<const std::vector<PresenceTransition>>>(message)) {
    if (step.node == Epoch() || step.node == lease_) world_.Fail("own presence came back");
    const WorldPlace place{step.node, step.user_id, step.shard};
    const bool changed = step.online ? seen_.insert(place).second : seen_.erase(place) > 0;
    if (!changed) world_.Fail("presence that changes nothing was told");
  }
}

void SimulatedNode::Say(std::string message) {
  if (connected_) world_.Spread(message);
}

// The store looks some time after the question, and the answer takes time too.
template <typename T>
void SimulatedNode::Answer(Completion<T, ReadError> done, std::function<T()> ask) {
  auto shared = std::make_shared<Completion<T, ReadError>>(std::move(done));
  const bool fails = world_.Chance(4);
  const auto there = world_.Delay(30);
  const auto back = world_.Delay(world_.Chance(3) ? 2'000 : 30);
  world_.At(there, [this, shared, ask = std::move(ask), fails, back] {
    // A call that fails may have had its effect.
    if (fails && world_.Draw(2) == 0) {
      return world_.At(back, [this, shared] {
        Turn([shared] { (*shared)(std::unexpected(ReadError::kUnavailable)); });
      });
    }
    auto answer = std::make_shared<T>(ask());
    world_.At(back, [this, shared, answer, fails] {
      Turn([shared, answer, fails] {
        if (fails) return (*shared)(std::unexpected(ReadError::kUnavailable));
        (*shared)(std::move(*answer));
      });
    });
  });
}

void SimulatedNode::ReadHeads(Completion<std::vector<LogPosition>, ReadError> done) {
  auto first = [this, done = std::move(done)](auto heads) mutable {
    if (heads && !history_) {
      history_.emplace();
      for (const LogPosition& head : *heads) (*history_)[{head.origin, head.lane}] = head.batch;
    }
    done(std::move(heads));
  };
  Answer<std::vector<LogPosition>>(std::move(first), [this] { return world_.Heads(); });
}

void SimulatedNode::ReadAfter(
    LogPosition after,
    Completion<std::vector<std::shared_ptr<const CommitBatch>>, ReadError> done) {
  ++world_.happened_["log reads"];
  using Batches = std::vector<std::shared_ptr<const CommitBatch>>;
  Answer<Batches>(std::move(done), [this, after] {
    Batches batches;
    for (const ClusterWorld::Row& row : world_.rows_) {
      const LogPosition& position = row.position;
      if (position.origin != after.origin || position.lane != after.lane) continue;
      if (position.batch <= after.batch || batches.size() >= 5) continue;
      auto batch = std::make_shared<CommitBatch>();
      batch->position = position;
      batches.push_back(std::move(batch));
    }
    return batches;
  });
}

void SimulatedNode::Renew(Completion<NodeLeases, ReadError> done) {
  Answer<NodeLeases>(std::move(done), [this] { return RenewNow(); });
}

NodeLeases SimulatedNode::RenewNow() {
  if (!alive()) return {};
  if (!world_.leases_.contains(lease_)) {
    ++world_.happened_["leases taken anew"];
    lease_ = Epoch(++world_.last_epoch_);
  }
  ClusterWorld::StoredLease& mine = world_.leases_[lease_];
  ++mine.renewals;
  mine.renewed_at = world_.now_;
  NodeLeases leases{.own = lease_, .others = {}};
  for (const auto& [epoch, lease] : world_.leases_) {
    if (epoch != lease_) leases.others.push_back({epoch, "node", lease.renewals});
  }
  return leases;
}

void SimulatedNode::End(NodeLease seen, std::vector<UserId> online,
                        Completion<bool, ReadError> done) {
  Answer<bool>(std::move(done), [this, seen, online] { return EndNow(seen, online); });
}

bool SimulatedNode::EndNow(const NodeLease& seen, const std::vector<UserId>& /*online*/) {
  const auto at = world_.leases_.find(seen.epoch);
  if (at == world_.leases_.end() || at->second.renewals != seen.renewals) return false;
  if (world_.now_ - at->second.renewed_at < 10s) world_.Fail("a node was ended too early");
  world_.leases_.erase(at);
  ++world_.happened_["leases ended"];
  return true;
}

}  // namespace chat::cluster
