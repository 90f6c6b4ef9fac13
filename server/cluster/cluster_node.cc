#include "server/cluster/cluster_node.h"

#include <memory>
#include <utility>
#include <variant>

#include "server/cluster/wire.h"

namespace chat::cluster {

ClusterNode::ClusterNode(ClusterOptions options, ClusterPorts ports)
    : options_(options),
      to_shards_(ports.to_shards),
      broadcast_(ports.broadcast),
      follower_(options.follower, {ports.to_shards, ports.log, ports.track}),
      feed_(options.presence, {ports.to_shards, ports.broadcast}),
      watch_(options.nodes, ports.nodes, *this) {}

void ClusterNode::Advance(Moment now) {
  now_ = now;
  watch_.Advance(now);
  follower_.Advance(now);
  feed_.Advance(now);
}

void ClusterNode::Handle(const BusMessage& message) {
  if (const auto* batch = std::get_if<std::shared_ptr<const CommitBatch>>(&message)) {
    const LogPosition& position = (*batch)->position;
    if (position.origin == Epoch() || position.batch == 0) return;
    follower_.Committed(**batch);
    if (!joined_) return;
    ++hints_said_;
    broadcast_.Say(EncodeHint(**batch));
  } else if (const auto* transitions =
                 std::get_if<std::shared_ptr<const std::vector<PresenceTransition>>>(&message)) {
    feed_.Collect(**transitions);
  } else if (const auto* signals = std::get_if<std::shared_ptr<const Signals>>(&message)) {
    if (joined_ && own_ != Epoch()) broadcast_.Say(Encode(NodeSignals{own_, *signals}));
  }
}

void ClusterNode::Heard(std::string_view bytes) {
  const std::optional<ClusterMessage> message = Decode(bytes);
  if (!message) {
    ++messages_refused_;
    return;
  }
  std::visit([&](const auto& said) { HeardOne(said); }, *message);
}

// Its own come back over the broadcast too; the shards had them.
void ClusterNode::HeardOne(const NodeSignals& said) {
  if (said.node != own_) to_shards_.Publish(said.signals);
}

void ClusterNode::Joined() {
  joined_ = true;
  follower_.BroadcastJoined();
}

void ClusterNode::Lost() {
  joined_ = false;
  follower_.BroadcastLost();
}

void ClusterNode::OwnEpoch(Epoch own) {
  own_ = own;
  feed_.SetOwn(own);
}

void ClusterNode::NodeCame(Epoch node) { feed_.NodeCame(node); }

void ClusterNode::NodeGone(Epoch node, UnixTime last_seen) { feed_.NodeGone(node, last_seen); }

std::vector<UserId> ClusterNode::OnlineOnlyOn(Epoch node) { return feed_.OnlineOnlyOn(node); }

ClusterState ClusterNode::state() const {
  ClusterState state{.own = own_,
                     .joined = joined_,
                     .lease_fresh = false,
                     .caught_up = false,
                     .presence_whole = feed_.unknown_count() == 0,
                     .others = watch_.others_count(),
                     .since_renewal = {},
                     .behind = {}};
  if (const auto renewed = watch_.renewed_at()) {
    state.since_renewal = now_.steady - *renewed;
    state.lease_fresh = *state.since_renewal <= options_.lease_fresh;
  }
  if (const auto horizon = follower_.horizon()) {
    state.behind = now_.steady - *horizon;
    state.caught_up = *state.behind <= options_.horizon_fresh;
  }
  return state;
}

ClusterCounts ClusterNode::counts() const {
  return {.hints_said = hints_said_,
          .messages_refused = messages_refused_,
          .follower = follower_.counts(),
          .nodes = watch_.counts(),
          .presence = feed_.counts()};
}

}  // namespace chat::cluster
