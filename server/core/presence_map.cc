#include "server/core/presence_map.h"

#include <algorithm>

namespace chat {

std::optional<PresenceChange> PresenceMap::Apply(const PresenceTransition& transition) {
  return transition.online ? Join(transition) : Leave(transition);
}

PresenceMap::Places::iterator PresenceMap::Find(const PresenceTransition& transition) {
  const auto [begin, end] = places_.equal_range(transition.user_id);
  const Place place{transition.node, transition.shard};
  const auto at =
      std::find_if(begin, end, [&](const auto& entry) { return entry.second == place; });
  return at == end ? places_.end() : at;
}

std::optional<PresenceChange> PresenceMap::Join(const PresenceTransition& transition) {
  if (Find(transition) != places_.end()) return std::nullopt;
  const bool was_online = IsOnline(transition.user_id);
  places_.emplace(transition.user_id, Place{transition.node, transition.shard});
  if (was_online) return std::nullopt;
  return PresenceChange{{transition.user_id, std::nullopt}, OnlineState::kOnline};
}

std::optional<PresenceChange> PresenceMap::Leave(const PresenceTransition& transition) {
  const auto at = Find(transition);
  if (at == places_.end()) return std::nullopt;
  places_.erase(at);
  const UnixTime seen = Remember(transition.user_id, transition.at);
  if (IsOnline(transition.user_id)) return std::nullopt;
  return PresenceChange{{transition.user_id, seen}, OnlineState::kOffline};
}

std::optional<UnixTime> PresenceMap::RecentlySeen(UserId user) const {
  const auto at = recent_.find(user);
  if (at == recent_.end()) return std::nullopt;
  return at->second;
}

// The shard that is left last need not be the one where the user was seen last.
UnixTime PresenceMap::Remember(UserId user, UnixTime seen) {
  const auto [at, added] = recent_.try_emplace(user, seen);
  at->second = std::max(at->second, seen);
  const UnixTime latest = at->second;
  if (added) recent_order_.push_back(user);
  if (recent_order_.size() > kRecentMax) {
    recent_.erase(recent_order_.front());
    recent_order_.pop_front();
  }
  return latest;
}

}  // namespace chat
