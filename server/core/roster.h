// The connections of one shard, by handle and by user.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <memory>

#include "protocol/ids.h"
#include "server/core/connection.h"
#include "server/core/connection_handle.h"

namespace chat {

// Thread: the shard's. Lifetime: the hub's; owns its connections.
class Roster {
 public:
  explicit Roster(OutboxLimits limits) : outboxes_{.limits = limits, .totals = {}} {}

  Connection& Add(const NewConnection& made);
  void Remove(Connection& connection);

  // Null when the connection has ended.
  Connection* Find(ConnectionHandle handle) const;

  // Calls `visit(Connection&)` for each connection of a user; `visit` must not add or remove any.
  template <typename Visit>
  void ForEachOf(UserId user, Visit visit) const {
    const auto at = by_user_.find(user);
    if (at == by_user_.end()) return;
    for (Connection* connection = at->second; connection != nullptr;
         connection = connection->next_of_user) {
      visit(*connection);
    }
  }

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [handle, connection] : by_handle_) visit(*connection);
  }

  const OutboxTotals& outbox_totals() const { return outboxes_.totals; }
  std::size_t size() const { return by_handle_.size(); }

 private:
  ConnectionHandle FreeHandle();

  OutboxBudget outboxes_;  // outlives the connections below
  boost::unordered_flat_map<ConnectionHandle, std::unique_ptr<Connection>> by_handle_;
  boost::unordered_flat_map<UserId, Connection*, std::hash<UserId>> by_user_;  // head of a chain
  std::uint32_t last_handle_ = 0;
};

}  // namespace chat
