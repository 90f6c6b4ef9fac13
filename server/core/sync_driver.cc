#include "server/core/sync_driver.h"

#include <string>
#include <utility>

#include "protocol/limits.h"

namespace chat {
namespace {

Refusal Invalid(std::string detail) {
  return {.code = ErrorCode::kInvalidArgument, .detail = std::move(detail), .retry_after = {}};
}

Refusal ToRefusal(SyncStartError error) {
  switch (error) {
    case SyncStartError::kBusy:
      return {ErrorCode::kConflict, "another sync of this connection is still running", {}};
    case SyncStartError::kRepeated:
      return Invalid("cursors names a conversation twice");
    case SyncStartError::kTooMany:
      return Invalid("too many conversations of this connection wait for their next sync");
  }
  return {ErrorCode::kInternal, "", {}};
}

}  // namespace

SyncDriver::SyncDriver(Messages& messages, Roster& roster, Delivery& delivery)
    : messages_(messages),
      roster_(roster),
      delivery_(delivery),
      self_(std::make_shared<SyncDriver*>(this)) {}

void SyncDriver::Start(Connection& connection, Ref ref, const v1::SyncCommand& command) {
  const auto refuse = [&](Refusal refusal) { connection.Send(ErrorFrame(ref, refusal)); };
  if (static_cast<std::size_t>(command.cursors_size()) > kSyncCursorsMax) {
    return refuse(Invalid("cursors has more than 1,000 items"));
  }
  std::vector<SyncCursor> cursors;
  for (const v1::SyncCursor& cursor : command.cursors()) {
    if (cursor.after_seq() < 0 || cursor.after_change() < 0) {
      return refuse(Invalid("after_seq and after_change must not be negative"));
    }
    cursors.push_back({ConversationId(cursor.conversation_id()), Seq(cursor.after_seq()),
                       Change(cursor.after_change())});
  }
  if (!connection.sync) connection.sync = std::make_unique<SyncState>();
  if (const auto started = connection.sync->Start(ref, cursors); !started) {
    return refuse(ToRefusal(started.error()));
  }
  Continue(connection);
}

void SyncDriver::Written(Connection& connection) {
  if (connection.sync && connection.sync->running()) Continue(connection);
}

void SyncDriver::Continue(Connection& connection) {
  if (connection.closing() || connection.sync->reading()) return;
  const std::optional<SyncCursor> cursor = connection.sync->NextRead();
  if (!cursor) return Finish(connection);
  if (connection.outbox().bytes() > kOutboxLowMark) return;
  connection.sync->ReadStarted();
  messages_.ReadPage({.viewer = connection.owner().user_id,
                      .conversation_id = cursor->conversation_id,
                      .after_seq = cursor->after_seq,
                      .before_seq = {},
                      .after_change = cursor->after_change,
                      .limit = static_cast<int>(kSyncEntriesMax),
                      .bytes_max = kSyncBytesMax},
                     [self = std::weak_ptr(self_), handle = connection.handle()](auto page) {
                       if (const auto driver = self.lock()) {
                         (*driver)->PageRead(handle, std::move(page));
                       }
                     });
}

void SyncDriver::PageRead(ConnectionHandle handle, Result<EntryPage, ViewError> page) {
  Connection* connection = roster_.Find(handle);
  if (connection == nullptr || !connection->sync || !connection->sync->running()) return;
  SyncState& sync = *connection->sync;
  if (page) {
    for (const Entry& entry : page->changed) connection->Send(MessageFrame(entry));
    for (const Entry& entry : page->entries) connection->Send(MessageFrame(entry));
    sync.PageRead(*page);
  } else if (page.error() == ViewError::kNotFound) {
    sync.NotFound();
  } else {
    connection->Send(ErrorFrame(
        sync.Abort(), {ErrorCode::kUnavailable, "the history cannot be read now", kRetryAfter}));
    return;
  }
  Continue(*connection);
}

void SyncDriver::Finish(Connection& connection) {
  const SyncEnd end = connection.sync->Finish();
  connection.Send(SyncDoneFrame(end.ref, end.positions));
  for (const LiveBody& body : end.held) connection.SendBody(body);
  if (connection.sync->idle()) {
    connection.sync.reset();
  } else {
    guarded_.insert(connection.handle());
  }
}

void SyncDriver::ForgetPassed(CommitNumber handled) {
  boost::unordered::erase_if(guarded_, [&](ConnectionHandle handle) {
    Connection* connection = roster_.Find(handle);
    if (connection == nullptr || !connection->sync) return true;
    SyncState& sync = *connection->sync;
    sync.ForgetPassed(handled,
                      [&](ConversationId conversation) { return delivery_.Holds(conversation); });
    if (sync.idle()) connection->sync.reset();
    return !connection->sync || !sync.guards();
  });
}

}  // namespace chat
