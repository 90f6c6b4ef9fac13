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
#include "server/ports/sessions.h"

namespace chat {

// A connection that ended. It was active at `last_seen` for the last time: when it closed, or what
// came before the silence.
struct Departed {
  SessionOwner owner;
  Departure how = Departure::kClosed;
  UnixTime last_seen;
};

// Turns connections into transitions, as they go over the bus.
//
// Limits: one entry per connected user and one per user in the grace.
// Thread: the shard's. Lifetime: the hub's. Time never goes back between calls.
class PresenceTracker {
 public:
  PresenceTracker(std::uint32_t shard, ShardTime::duration grace);

  void Connected(UserId user, Moment now);

  // A connection ended. If the user has no other here, they go offline: at once, or after the
  // grace.
  void Disconnected(const Departed& departed, Instant now);

  // Nobody comes back into a session that is over: the grace of its connection is over too.
  void SessionEnded(const SessionOwner& session);

  // The user left for good on another shard. That is newer than what closed here, so its grace is
  // over; nothing when there is none.
  void LeftElsewhere(UserId user);

  // Nobody can come back here any more: every grace is over.
  void EndAllGraces();

  // Ends the graces that are over. Returns what changed since the last call, in the order it did.
  [[nodiscard]] std::vector<PresenceTransition> Advance(Instant now);

  // Connected here, or gone for less than the grace.
  bool IsOnline(UserId user) const;

 private:
  struct Leaving {
    SessionOwner owner;
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
