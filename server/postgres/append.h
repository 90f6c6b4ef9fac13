// One call of the function append_batch: messages in, what became of each out. It knows the
// function's arguments and nothing of lanes, retries or threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/bus.h"
#include "server/ports/completion.h"
#include "server/ports/messages.h"
#include "server/postgres/connection.h"
#include "server/postgres/lease.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

// Of what a client may not change under one client_msg_id: the text and the reply.
using ContentHash = std::array<std::uint8_t, 16>;

ContentHash HashContent(const NewMessage& message);

enum class AppendOutcome {
  kStored,
  kRepeat,   // stored before
  kSkipped,  // somebody else holds the conversation
  kNotFound,
  kClosed,  // one of the two blocks the other
  kIdReused,
  kReplyNotFound,
};

struct AppendVerdict {
  AppendOutcome outcome = AppendOutcome::kSkipped;
  Appended appended;  // of what is stored, now or before
  Seq members_seq;
};

// What waits to be appended.
struct PendingAppend {
  NewMessage message;
  ContentHash hash;
};

enum class LockWait {
  kSkip,  // what somebody else holds
  kWait,  // for it, until the connection's lock_timeout
};

struct AppendCall {
  LeaseKey lease;
  LogPosition position;  // of the commit log's row, when anything is stored
  LockWait locks = LockWait::kSkip;
  UnixTime now;
};

// Stores, in one transaction and in their order, what may be stored. No two of `messages` may have
// the same conversation, sender and client_msg_id.
//
// Errors: LeaseEnded; else those of pqxx.
std::vector<AppendVerdict> CallAppendBatch(Connection& connection, Ids& ids, const AppendCall& call,
                                           std::span<const PendingAppend* const> messages);

// The entry that a message became.
Entry MakeEntry(const NewMessage& message, const Appended& appended);

// What the port answers. kSkipped becomes kUnavailable: it was never stored.
Result<Appended, AppendError> AnswerOf(const AppendVerdict& verdict);

}  // namespace chat::postgres
