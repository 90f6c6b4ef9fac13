// Port: what the store keeps and knows of presence: when someone was last seen, and who may watch
// whom.
#pragma once

#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/completion.h"

namespace chat {

struct LastSeen {
  UserId user_id;
  std::optional<UnixTime> last_seen_at;
};

// Thread: called on one shard, completes on it.
class PresenceRecords {
 public:
  virtual ~PresenceRecords() = default;

  // Keeps the later of the stored and the given time. Fire and forget: the next one repairs a lost
  // one.
  virtual void RecordLastSeen(std::vector<LastSeen> seen) = 0;

  // Of `users`, those whose presence `viewer` may see: the viewer's contacts and fellow members of
  // groups.
  virtual void FindVisible(UserId viewer, std::vector<UserId> users,
                           Completion<std::vector<LastSeen>, ReadError> done) = 0;
};

}  // namespace chat
