// Presence on one shard, put together: its own comings and goings go out over the bus, what all
// shards say comes in, and those who watch are told, as long as they may.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "server/core/connection.h"
#include "server/core/departure.h"
#include "server/core/events.h"
#include "server/core/moment.h"
#include "server/core/presence_map.h"
#include "server/core/presence_tracker.h"
#include "server/core/presence_watches.h"
#include "server/core/roster.h"
#include "server/ports/bus.h"
#include "server/ports/executor.h"
#include "server/ports/presence_records.h"

namespace chat {

struct PresenceOptions {
  std::uint32_t shard = 0;
  std::chrono::milliseconds grace;
};

struct PresencePorts {
  Executor& home;
  Bus& bus;
  PresenceRecords& records;
};

// Thread: the shard's. Lifetime: the hub's; completions that come later than it are ignored.
class PresenceDesk {
 public:
  PresenceDesk(PresenceOptions options, PresencePorts ports, Roster& roster);
  PresenceDesk(const PresenceDesk&) = delete;
  PresenceDesk& operator=(const PresenceDesk&) = delete;

  void Connected(Connection& connection, Moment now);

  // Counts a connection's departure once; a second call for it changes nothing.
  void Disconnected(Connection& connection, Departure how, Moment now);

  // The session was revoked; its connections are ended by the hub.
  void SessionEnded(const SessionOwner& session);

  void Advance(Moment now);

  // Replaces what the connection watches by those of the named users it may see, and answers with
  // how they are now. Limits: kWatchUsersMax users.
  void Watch(Connection& connection, Ref ref, const v1::WatchPresenceCommand& command);

  // Says at once that those are gone who could still have come back: this shard is about to end.
  void EndAllGraces();

  // Whom `user` may see has changed: drops the watches that are no longer allowed.
  void Recheck(UserId user);

  // What a shard said over the bus, this one included.
  void Heard(const std::vector<PresenceTransition>& transitions);

  bool IsOnline(UserId user) const { return map_.IsOnline(user); }

 private:
  // Whether the client is told how the watched users are now.
  enum class Answering { kSnapshot, kNothing };
  struct WatchRequest {
    ConnectionHandle connection;
    std::uint32_t generation;
    Ref ref;
    Answering answering;
  };

  void PublishLater();
  void Publish();
  void FindVisible(Connection& connection, std::vector<UserId> users, WatchRequest request);
  void VisibleFound(const WatchRequest& request, Result<std::vector<LastSeen>, ReadError> visible);
  void SendSnapshot(Connection& connection, Ref ref, const std::vector<LastSeen>& visible);

  PresenceOptions options_;
  PresencePorts ports_;
  Roster& roster_;
  PresenceTracker tracker_;
  PresenceMap map_;
  PresenceWatches watches_;
  Instant now_{};
  bool publishing_ = false;  // a Publish was posted
  std::shared_ptr<PresenceDesk*> self_;
};

}  // namespace chat
