#include "server/cluster/node_watch.h"

#include <algorithm>
#include <utility>

namespace chat::cluster {

NodeWatch::NodeWatch(NodeWatchOptions options, Nodes& nodes, NodeSink& sink)
    : options_(options), nodes_(nodes), sink_(sink), self_(std::make_shared<NodeWatch*>(this)) {}

void NodeWatch::Advance(Moment now) {
  if (last_turn_ && now.steady - *last_turn_ > options_.pause_max) StartOver();
  last_turn_ = now.steady;
  now_ = now;
  if (!renewing_ && now.steady >= next_renewal_) Renew();
}

void NodeWatch::Renew() {
  renewing_ = true;
  renewal_began_ = now_.steady;
  nodes_.Renew([self = std::weak_ptr(self_)](auto leases) {
    if (const auto watch = self.lock()) (*watch)->Renewed(std::move(leases));
  });
}

void NodeWatch::Renewed(Result<NodeLeases, ReadError> leases) {
  renewing_ = false;
  next_renewal_ = std::max(renewal_began_ + options_.renew_interval, now_.steady);
  if (!leases) {
    ++counts_.renewals_failed;
    next_renewal_ = now_.steady + options_.renew_interval;
    return StartOver();
  }
  ++counts_.renewals;
  const bool paused = renewed_at_ && renewal_began_ - *renewed_at_ > options_.pause_max;
  if (paused) StartOver();
  renewed_at_ = renewal_began_;
  if (own_ != leases->own) {
    own_ = leases->own;
    sink_.OwnEpoch(own_);
  }
  Observe(std::move(leases->others));
  EndDead();
}

// Whatever stood still may have done so because this node did not look.
void NodeWatch::StartOver() {
  for (auto& [epoch, other] : others_) other.still_since = Instant::max();
}

void NodeWatch::Observe(std::vector<NodeLease> others) {
  DropUnlisted(others);
  for (NodeLease& lease : others) {
    if (lease.epoch != own_) Observe(std::move(lease));
  }
}

// A lease stands still from when it was seen so first to when the last look at it began; both are
// taken so that the time between is never too long.
void NodeWatch::Observe(NodeLease lease) {
  const Epoch epoch = lease.epoch;
  const auto [at, came] = others_.try_emplace(epoch);
  Other& other = at->second;
  if (came || other.lease.renewals != lease.renewals) {
    other.last_seen = now_.wall;
    other.still_since = now_.steady;
  } else if (other.still_since == Instant::max()) {
    other.still_since = now_.steady;
  }
  other.lease = std::move(lease);
  if (came) sink_.NodeCame(epoch);
}

void NodeWatch::DropUnlisted(const std::vector<NodeLease>& others) {
  for (auto at = others_.begin(); at != others_.end();) {
    const auto same = [&](const NodeLease& lease) { return lease.epoch == at->first; };
    if (std::ranges::any_of(others, same)) {
      ++at;
      continue;
    }
    const bool news = !at->second.gone;
    const auto [epoch, last_seen] = std::pair(at->first, at->second.last_seen);
    at = others_.erase(at);
    if (news) sink_.NodeGone(epoch, last_seen);
  }
}

// One after the other: once a node is gone, its users are online on one node less.
void NodeWatch::EndDead() {
  if (ending_) return;
  const auto dead = std::ranges::find_if(others_, [&](const auto& item) {
    const Other& other = item.second;
    return !other.gone && renewal_began_ >= other.still_since &&
           renewal_began_ - other.still_since >= options_.dead_after;
  });
  if (dead == others_.end()) return;
  ending_ = true;
  const Epoch node = dead->first;
  nodes_.End(dead->second.lease, sink_.OnlineOnlyOn(node),
             [self = std::weak_ptr(self_), node](auto ended) {
               if (const auto watch = self.lock()) (*watch)->Ended(node, ended);
             });
}

void NodeWatch::Ended(Epoch node, const Result<bool, ReadError>& ended) {
  ending_ = false;
  const auto at = others_.find(node);
  if (!ended || at == others_.end() || at->second.gone) return;
  Other& other = at->second;
  if (!*ended) {
    // It came back, or another was faster; the next list tells.
    other.still_since = Instant::max();
    return;
  }
  ++counts_.nodes_ended;
  other.gone = true;
  sink_.NodeGone(node, other.last_seen);
  EndDead();
}

}  // namespace chat::cluster
