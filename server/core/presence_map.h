// Who is online anywhere: the union of what every shard of every node tells of its own connections.
// A user with devices on two shards comes when the first is there and goes when the last has left.
// Who is told of it is PresenceWatches' part.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/core/presence_change.h"
#include "server/ports/bus.h"

namespace chat {

// Thread: the shard's. Lifetime: the hub's.
// Limits: about 40 bytes per user who is online, once per shard; a bounded memory of those who
// left.
class PresenceMap {
 public:
  // How many of those who left last are remembered with their time.
  static constexpr std::size_t kRecentMax = 4096;

  // Takes what one shard says; saying it twice changes nothing. Returns what changed for the whole.
  std::optional<PresenceChange> Apply(const PresenceTransition& transition);

  bool IsOnline(UserId user) const { return places_.contains(user); }

  // When a user who left lately was last seen: the store may not have it yet.
  std::optional<UnixTime> RecentlySeen(UserId user) const;

 private:
  // Where a user is connected.
  struct Place {
    Epoch node;
    std::uint32_t shard;
    friend bool operator==(const Place&, const Place&) = default;
  };
  using Places = std::unordered_multimap<UserId, Place>;

  Places::iterator Find(const PresenceTransition& transition);
  std::optional<PresenceChange> Join(const PresenceTransition& transition);
  std::optional<PresenceChange> Leave(const PresenceTransition& transition);
  UnixTime Remember(UserId user, UnixTime seen);

  Places places_;
  boost::unordered_flat_map<UserId, UnixTime, std::hash<UserId>> recent_;
  std::deque<UserId> recent_order_;
};

}  // namespace chat
