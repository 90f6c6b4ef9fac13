// The sessions that were revoked a moment ago. A connection is authenticated before it reaches the
// hub; this is how the hub notices a session that ended in between.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <utility>

#include "protocol/ids.h"
#include "server/core/moment.h"

namespace chat {

// Thread: the shard's. Lifetime: the hub's.
// Limits: what was revoked within kKept, which is longer than an upgrade may take.
class RecentRevocations {
 public:
  static constexpr std::chrono::seconds kKept{30};

  void Add(SessionId session, Instant now) {
    if (sessions_.insert(session).second) order_.emplace_back(session, now);
  }

  bool Contains(SessionId session) const { return sessions_.contains(session); }

  void Advance(Instant now) {
    while (!order_.empty() && now - order_.front().second > kKept) {
      sessions_.erase(order_.front().first);
      order_.pop_front();
    }
  }

 private:
  boost::unordered_flat_set<SessionId, std::hash<SessionId>> sessions_;
  std::deque<std::pair<SessionId, Instant>> order_;  // oldest first
};

}  // namespace chat
