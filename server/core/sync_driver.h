// Runs the syncs of a shard's connections: reads one page after the other as fast as each reader
// takes them, and ends with `sync_done`. What a sync does to the live flow is SyncState's.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <memory>
#include <vector>

#include "protocol/chat.pb.h"
#include "server/core/connection.h"
#include "server/core/delivery.h"
#include "server/core/events.h"
#include "server/core/roster.h"
#include "server/ports/messages.h"

namespace chat {

// Thread: the shard's. Lifetime: the hub's; completions that come later than it are ignored.
// Limits: per connection one read under way, and none while more than kOutboxLowMark bytes wait to
// be written.
class SyncDriver {
 public:
  static constexpr std::size_t kOutboxLowMark = 64 * 1024;

  SyncDriver(Messages& messages, Roster& roster, Delivery& delivery);
  SyncDriver(const SyncDriver&) = delete;
  SyncDriver& operator=(const SyncDriver&) = delete;

  // Starts the sync a client asked for, or says why not.
  void Start(Connection& connection, Ref ref, const v1::SyncCommand& command);

  // The connection wrote something: goes on if it waited for that.
  void Written(Connection& connection);

  // Commits up to `handled` went through this shard's live flow: forgets what only guarded against
  // them.
  void ForgetPassed(CommitNumber handled);

  std::size_t guarded_count() const { return guarded_.size(); }

 private:
  void Continue(Connection& connection);
  void PageRead(ConnectionHandle handle, Result<EntryPage, ViewError> page);
  void Finish(Connection& connection);

  Messages& messages_;
  Roster& roster_;
  Delivery& delivery_;
  // Connections whose SyncState outlives its sync, each once however often it syncs.
  boost::unordered_flat_set<ConnectionHandle> guarded_;
  std::shared_ptr<SyncDriver*> self_;
};

}  // namespace chat
