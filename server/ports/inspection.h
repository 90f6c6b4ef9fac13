// Port: what only an operator looks at, whoever it belongs to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/accounts.h"
#include "server/ports/bus.h"
#include "server/ports/completion.h"
#include "server/ports/conversations.h"
#include "server/ports/messages.h"

namespace chat {

// The commit that brought an entry, for as long as a store that several nodes share remembers it.
struct TracedCommit {
  LogPosition position;
  std::string node;  // its name; empty when that start of it has ended
  UnixTime committed_at;
};

// How far someone is who can see the entry.
struct TracedMember {
  User user;
  std::optional<Seq> left_seq;
  Seq delivered_seq;
  Seq read_seq;
};

struct MessageTrace {
  Entry entry;
  Conversation conversation;
  std::optional<User> sender;
  std::optional<TracedCommit> commit;
  std::vector<TracedMember> members;  // ascending by id, those who left before the entry left out
};

struct TraceRequest {
  MessageId message;
  int members_max = 0;
};

// Thread: called on one shard, completes on it.
class Inspection {
 public:
  virtual ~Inspection() = default;

  // Where a message is and whom it has reached.
  virtual void Trace(TraceRequest request, Completion<MessageTrace, ViewError> done) = 0;

  // The first conversation above `after` in which the user is or was a member; nothing beyond the
  // last one.
  virtual void NextConversation(UserId user, ConversationId after,
                                Completion<std::optional<ConversationId>, ReadError> done) = 0;
};

}  // namespace chat
