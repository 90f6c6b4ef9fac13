#include "server/core/presence_tracker.h"

#include <cassert>
#include <utility>

namespace chat {

PresenceTracker::PresenceTracker(std::uint32_t shard, ShardTime::duration grace)
    : shard_(shard), grace_(grace) {}

void PresenceTracker::CameOnline(UserId user, UnixTime at) {
  transitions_.push_back({.shard = shard_, .user_id = user, .online = true, .at = at});
}

void PresenceTracker::Connected(UserId user, Moment now) {
  EndGraces(now.steady);
  if (++connections_[user] > 1) return;
  const auto back = leaving_by_user_.find(user);
  if (back == leaving_by_user_.end()) return CameOnline(user, now.wall);
  leaving_.erase(back->second);
  leaving_by_user_.erase(back);
}

void PresenceTracker::Disconnected(const Departed& departed, Instant now) {
  EndGraces(now);
  const UserId user = departed.owner.user_id;
  const auto at = connections_.find(user);
  assert(at != connections_.end());
  if (--at->second > 0) return;
  connections_.erase(at);
  if (departed.how != Departure::kClosed) {
    transitions_.push_back(
        {.shard = shard_, .user_id = user, .online = false, .at = departed.last_seen});
    return;
  }
  const auto leaving =
      leaving_.insert(leaving_.end(), {departed.owner, departed.last_seen, now + grace_});
  leaving_by_user_.emplace(user, leaving);
}

void PresenceTracker::EndGraces(Instant now) {
  while (!leaving_.empty() && leaving_.front().until <= now) EndGrace(leaving_.begin());
}

void PresenceTracker::EndAllGraces() {
  while (!leaving_.empty()) EndGrace(leaving_.begin());
}

void PresenceTracker::EndGrace(LeavingList::iterator leaving) {
  transitions_.push_back({.shard = shard_,
                          .user_id = leaving->owner.user_id,
                          .online = false,
                          .at = leaving->last_seen,
                          .after_grace = true});
  leaving_by_user_.erase(leaving->owner.user_id);
  leaving_.erase(leaving);
}

void PresenceTracker::SessionEnded(const SessionOwner& session) {
  const auto at = leaving_by_user_.find(session.user_id);
  if (at == leaving_by_user_.end()) return;
  if (at->second->owner.session_id == session.session_id) EndGrace(at->second);
}

void PresenceTracker::LeftElsewhere(UserId user) {
  const auto at = leaving_by_user_.find(user);
  if (at != leaving_by_user_.end()) EndGrace(at->second);
}

std::vector<PresenceTransition> PresenceTracker::Advance(Instant now) {
  EndGraces(now);
  return std::exchange(transitions_, {});
}

bool PresenceTracker::IsOnline(UserId user) const {
  return connections_.contains(user) || leaving_by_user_.contains(user);
}

}  // namespace chat
