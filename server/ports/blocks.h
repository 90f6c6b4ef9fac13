// Port: who wants nothing to do with whom. A block is one-sided to see and works both ways.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"

namespace chat {

struct BlockPageRequest {
  UserId blocker;
  UserId after;  // the last blocked user of the page before; zero for the first page
  int limit = 0;
};

enum class BlockError {
  kNotFound,  // no such user
  kCannotBlockSelf,
  kUnavailable,
};

// Thread: called on one shard, completes on it.
class Blocks {
 public:
  virtual ~Blocks() = default;

  // Ends what the two are to each other as contacts, which both are told, and closes their direct
  // conversation. Only the blocker's own changes tell of the block itself. Blocking twice changes
  // nothing.
  virtual void Block(UserId blocker, UserId blocked, Completion<void, BlockError> done) = 0;

  // They may find each other anew; their direct conversation opens, unless the other blocks too.
  // Unblocking who is not blocked changes nothing.
  virtual void Unblock(UserId blocker, UserId blocked, Completion<void, BlockError> done) = 0;

  // Ascending by the blocked user's id.
  virtual void List(BlockPageRequest page, Completion<std::vector<User>, ReadError> done) = 0;
};

}  // namespace chat
