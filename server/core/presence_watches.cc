#include "server/core/presence_watches.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "protocol/limits.h"

namespace chat {

void PresenceWatches::Set(ConnectionHandle watcher, std::vector<UserId> users) {
  assert(users.size() <= kWatchUsersMax);
  Remove(watcher);
  std::ranges::sort(users);
  users.erase(std::ranges::unique(users).begin(), users.end());
  if (users.empty()) return;
  users.shrink_to_fit();
  for (const UserId user : users) watchers_[user].push_back(watcher);
  size_ += users.size();
  watched_.emplace(watcher, std::move(users));
}

void PresenceWatches::Remove(ConnectionHandle watcher) {
  const auto at = watched_.find(watcher);
  if (at == watched_.end()) return;
  for (const UserId user : at->second) Unlink(user, watcher);
  size_ -= at->second.size();
  watched_.erase(at);
}

void PresenceWatches::Unlink(UserId user, ConnectionHandle watcher) {
  const auto at = watchers_.find(user);
  assert(at != watchers_.end());
  std::vector<ConnectionHandle>& watchers = at->second;
  const auto place = std::ranges::find(watchers, watcher);
  assert(place != watchers.end());
  *place = watchers.back();
  watchers.pop_back();
  if (watchers.empty()) watchers_.erase(at);
}

std::span<const ConnectionHandle> PresenceWatches::WatchersOf(UserId user) const {
  const auto at = watchers_.find(user);
  if (at == watchers_.end()) return {};
  return at->second;
}

std::span<const UserId> PresenceWatches::WatchedBy(ConnectionHandle watcher) const {
  const auto at = watched_.find(watcher);
  if (at == watched_.end()) return {};
  return at->second;
}

}  // namespace chat
