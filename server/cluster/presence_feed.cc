#include "server/cluster/presence_feed.h"

#include <algorithm>
#include <memory>
#include <ranges>
#include <utility>

namespace chat::cluster {

PresenceFeed::PresenceFeed(PresenceFeedOptions options, PresenceFeedPorts ports)
    : options_(options), ports_(ports) {}

void PresenceFeed::Advance(Moment now) {
  now_ = now;
  SayNews();
  if (snapshot_wanted_ && now.steady >= next_snapshot_) SaySnapshot();
  if (now.steady >= next_mark_) SayMark();
  AskForMissing();
}

// ----- What this node says of itself.

void PresenceFeed::Collect(const std::vector<PresenceTransition>& transitions) {
  for (const PresenceTransition& transition : transitions) {
    if (transition.node == Epoch()) own_pending_.push_back(transition);
  }
}

void PresenceFeed::SetOwn(Epoch own) {
  own_ = own;
  snapshot_wanted_ = true;
  next_snapshot_ = now_.steady;
}

// Numbers rise before the node has an epoch too: nothing depends on where they begin.
void PresenceFeed::SayNews() {
  Transitions pending = std::exchange(own_pending_, {});
  for (std::size_t said = 0; said < pending.size(); said += kNewsTransitionsMax) {
    PresenceNews news{.node = own_, .number = ++own_number_, .transitions = {}};
    const std::size_t end = std::min(said + kNewsTransitionsMax, pending.size());
    for (std::size_t i = said; i < end; ++i) {
      PresenceTransition& transition = news.transitions.emplace_back(pending[i]);
      transition.node = own_;
      const OnlinePlace place{transition.user_id, transition.shard};
      const bool changed =
          transition.online ? own_online_.insert(place).second : own_online_.erase(place) > 0;
      if (changed) Count(place.user_id, transition.online);
    }
    if (own_ == Epoch()) continue;
    ++counts_.news_said;
    ports_.broadcast.Say(Encode(news));
  }
}

void PresenceFeed::SayMark() {
  next_mark_ = now_.steady + options_.interval;
  if (own_ != Epoch()) ports_.broadcast.Say(Encode(PresenceMark{own_, own_number_}));
}

void PresenceFeed::SaySnapshot() {
  snapshot_wanted_ = false;
  next_snapshot_ = now_.steady + options_.interval;
  ++counts_.snapshots_said;
  const std::size_t size = options_.chunk_places_max;
  PresenceChunk chunk{.node = own_,
                      .number = own_number_,
                      .serial = ++last_serial_,
                      .chunk = 0,
                      .chunks = 1,
                      .places = {}};
  chunk.chunks =
      static_cast<std::uint32_t>(std::max<std::size_t>(1, (own_online_.size() + size - 1) / size));
  for (const OnlinePlace& place : own_online_) {
    chunk.places.push_back(place);
    if (chunk.places.size() < size || chunk.chunk + 1 == chunk.chunks) continue;
    ports_.broadcast.Say(Encode(chunk));
    chunk.places.clear();
    ++chunk.chunk;
  }
  ports_.broadcast.Say(Encode(chunk));
}

void PresenceFeed::Heard(const PresenceAsk& ask) {
  if (ask.node == own_) snapshot_wanted_ = true;
}

// ----- What other nodes say of themselves.

void PresenceFeed::NodeCame(Epoch node) { remotes_.try_emplace(node); }

// Nobody left on purpose, so graces that run on other nodes go on.
void PresenceFeed::NodeGone(Epoch node, UnixTime last_seen) {
  auto gone = remotes_.extract(node);
  if (gone.empty()) return;
  Transitions out;
  for (const OnlinePlace& place : gone.mapped().online) {
    Count(place.user_id, false);
    out.push_back({.node = node,
                   .shard = place.shard,
                   .user_id = place.user_id,
                   .online = false,
                   .at = last_seen,
                   .after_grace = true});
  }
  Publish(std::move(out));
}

PresenceFeed::Remote* PresenceFeed::Find(Epoch node) {
  const auto at = remotes_.find(node);
  return at == remotes_.end() ? nullptr : &at->second;
}

void PresenceFeed::Miss(Remote& remote) {
  if (std::exchange(remote.whole, false)) ++counts_.holes;
}

void PresenceFeed::AskForMissing() {
  for (auto& [node, remote] : remotes_) {
    if (remote.whole || now_.steady < remote.next_ask) continue;
    // A long snapshot that still comes in is waited for; one that does not has lost a chunk.
    if (remote.assembly && now_.steady - remote.assembly->heard < options_.interval) continue;
    remote.assembly.reset();
    remote.next_ask = now_.steady + options_.interval;
    ++counts_.snapshots_asked;
    ports_.broadcast.Say(Encode(PresenceAsk{node}));
  }
}

// News after a hole is applied all the same: it says how things are now, and the snapshot says the
// rest.
void PresenceFeed::Heard(const PresenceNews& news) {
  Remote* remote = Find(news.node);
  if (remote == nullptr || news.number <= remote->number) return;
  ++counts_.news_heard;
  if (news.number != remote->number + 1) Miss(*remote);
  remote->number = news.number;
  Transitions out;
  for (const PresenceTransition& transition : news.transitions) Apply(*remote, transition, out);
  Publish(std::move(out));
}

void PresenceFeed::Heard(const PresenceMark& mark) {
  Remote* remote = Find(mark.node);
  if (remote != nullptr && mark.number > remote->number) Miss(*remote);
}

void PresenceFeed::Heard(const PresenceChunk& chunk) {
  Remote* remote = Find(chunk.node);
  if (remote == nullptr || remote->whole) return;
  std::optional<Assembly>& assembly = remote->assembly;
  if (assembly && chunk.serial < assembly->serial) return;
  if (!assembly || chunk.serial > assembly->serial) {
    assembly = Assembly{.number = chunk.number,
                        .serial = chunk.serial,
                        .come = std::vector<bool>(chunk.chunks),
                        .missing = chunk.chunks,
                        .places = {},
                        .heard = now_.steady};
  }
  if (chunk.number != assembly->number || chunk.chunks != assembly->come.size()) return;
  if (assembly->come[chunk.chunk]) return;
  assembly->come[chunk.chunk] = true;
  assembly->heard = now_.steady;
  assembly->places.insert(chunk.places.begin(), chunk.places.end());
  if (--assembly->missing > 0) return;
  ApplySnapshot(chunk.node, *remote);
}

// One that was taken before the last news is of no use: the next ask brings another.
void PresenceFeed::ApplySnapshot(Epoch node, Remote& remote) {
  const Assembly snapshot = *std::exchange(remote.assembly, std::nullopt);
  if (snapshot.number < remote.number) return;
  ++counts_.snapshots_applied;
  remote.number = snapshot.number;
  remote.whole = true;
  PresenceTransition transition;
  transition.node = node;
  transition.at = now_.wall;
  transition.after_grace = true;  // how they left is not known
  Transitions out;
  const Places before = remote.online;
  for (const OnlinePlace& place : before) {
    if (snapshot.places.contains(place)) continue;
    transition.user_id = place.user_id;
    transition.shard = place.shard;
    Apply(remote, transition, out);
  }
  transition.online = true;
  transition.after_grace = false;
  for (const OnlinePlace& place : snapshot.places) {
    transition.user_id = place.user_id;
    transition.shard = place.shard;
    Apply(remote, transition, out);
  }
  Publish(std::move(out));
}

void PresenceFeed::Apply(Remote& remote, const PresenceTransition& transition, Transitions& out) {
  const OnlinePlace place{transition.user_id, transition.shard};
  const bool changed =
      transition.online ? remote.online.insert(place).second : remote.online.erase(place) > 0;
  if (!changed) return;
  Count(transition.user_id, transition.online);
  out.push_back(transition);
}

void PresenceFeed::Publish(Transitions transitions) {
  if (transitions.empty()) return;
  ports_.to_shards.Publish(std::make_shared<const Transitions>(std::move(transitions)));
}

void PresenceFeed::Count(UserId user, bool came) {
  if (came) {
    ++places_of_[user];
  } else if (const auto at = places_of_.find(user); --at->second == 0) {
    places_of_.erase(at);
  }
}

std::vector<UserId> PresenceFeed::OnlineOnlyOn(Epoch node) const {
  const auto at = remotes_.find(node);
  if (at == remotes_.end()) return {};
  boost::unordered_flat_map<UserId, std::uint32_t, std::hash<UserId>> here;
  for (const OnlinePlace& place : at->second.online) ++here[place.user_id];
  std::vector<UserId> only;
  for (const auto& [user, places] : here) {
    if (places_of_.find(user)->second == places) only.push_back(user);
  }
  std::ranges::sort(only);
  return only;
}

std::size_t PresenceFeed::unknown_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(remotes_, [](const auto& item) { return !item.second.whole; }));
}

}  // namespace chat::cluster
