#include "server/core/roster.h"

#include <utility>

namespace chat {

// Handles come round after 2^32 connections; by then no completion asks for the old one.
ConnectionHandle Roster::FreeHandle() {
  do {
    ++last_handle_;
  } while (by_handle_.contains(ConnectionHandle(last_handle_)));
  return ConnectionHandle(last_handle_);
}

Connection& Roster::Add(const NewConnection& made) {
  const ConnectionHandle handle = FreeHandle();
  auto owned = std::make_unique<Connection>(handle, made, outboxes_);
  Connection& connection = *owned;
  by_handle_.emplace(handle, std::move(owned));
  connection.next_of_user = std::exchange(by_user_[made.owner.user_id], &connection);
  return connection;
}

void Roster::Remove(Connection& connection) {
  const auto head = by_user_.find(connection.owner().user_id);
  Connection** link = &head->second;
  while (*link != &connection) link = &(*link)->next_of_user;
  *link = connection.next_of_user;
  if (head->second == nullptr) by_user_.erase(head);
  by_handle_.erase(connection.handle());
}

Connection* Roster::Find(ConnectionHandle handle) const {
  const auto at = by_handle_.find(handle);
  return at == by_handle_.end() ? nullptr : at->second.get();
}

}  // namespace chat
