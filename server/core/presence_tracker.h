// Who is online through one shard: its connections counted per user, and the grace in which a user
// whose last connection closed may come back unnoticed. What the other shards see is PresenceMap's
// part.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/core/departure.h"
#include "server/core/moment.h"
#include "server/ports/bus.h"

namespace chat {

// Turns connections into transitions, as they go over the bus.
//
// Limits: one entry per connected user and one per user in the grace.
// Thread: the shard's. Lifetime: the hub's. Time never goes back between calls.
class PresenceTracker {
 public:
  PresenceTracker(std::uint32_t shard, ShardTime::duration grace);

  void Connected(UserId user, Moment now);

  // One connection of `user` ended, which was active at `last_seen` for the last time: when it
  // closed, or what came before the silence. If no other is left, the user goes offline: at once,
  // or after the grace.
  void Disconnected(UserId user, Departure how, UnixTime last_seen, Instant now);

  // `user` was just seen elsewhere: coming, or leaving for good. That is newer than the connection
  // that closed here, so its grace is over; nothing when there is none.
  void SeenElsewhere(UserId user);

  // Ends the graces that are over. Returns what changed since the last call, in the order it did.
  [[nodiscard]] std::vector<PresenceTransition> Advance(Instant now);

  // Connected here, or gone for less than the grace.
  bool IsOnline(UserId user) const;

 private:
  struct Leaving {
    UserId user;
    UnixTime last_seen;
    Instant until;
  };
  using LeavingList = std::list<Leaving>;  // by `until`: the grace is the same for all

  void EndGraces(Instant now);
  void EndGrace(LeavingList::iterator leaving);
  void CameOnline(UserId user, UnixTime at);

  std::uint32_t shard_;
  ShardTime::duration grace_;
  boost::unordered_flat_map<UserId, std::uint32_t, std::hash<UserId>> connections_;
  LeavingList leaving_;
  boost::unordered_flat_map<UserId, LeavingList::iterator, std::hash<UserId>> leaving_by_user_;
  std::vector<PresenceTransition> transitions_;
};

}  // namespace chat
