// Which connections of this shard want to hear of whom. Whether they may is asked before it comes
// here.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "protocol/ids.h"
#include "server/core/connection_handle.h"

namespace chat {

// Thread: the shard's. Lifetime: the hub's.
// Limits: kWatchUsersMax users per connection, which the caller sees to; 8 bytes per watch on the
// side of the connection and 4 to 8 on the side of the user.
class PresenceWatches {
 public:
  // `watcher` watches exactly `users` from now on; who is named twice is watched once.
  void Set(ConnectionHandle watcher, std::vector<UserId> users);

  // Nothing when it watches no one.
  void Remove(ConnectionHandle watcher);

  // In no particular order; valid until the next change.
  std::span<const ConnectionHandle> WatchersOf(UserId user) const;

  // Whom the connection watches, ascending; valid until the next change.
  std::span<const UserId> WatchedBy(ConnectionHandle watcher) const;

  // All watches of all connections.
  std::size_t size() const { return size_; }

 private:
  void Unlink(UserId user, ConnectionHandle watcher);

  boost::unordered_flat_map<ConnectionHandle, std::vector<UserId>, std::hash<ConnectionHandle>>
      watched_;
  boost::unordered_flat_map<UserId, std::vector<ConnectionHandle>, std::hash<UserId>> watchers_;
  std::size_t size_ = 0;
};

}  // namespace chat
