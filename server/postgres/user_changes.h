// A user's own last_change: every change of their contacts or conversations takes the next number.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/bus.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

// Counts the change, stores what it was about, and adds it to the batch. Who changes several users
// holds the locks of their rows already (LockPair).
void AddUserChange(ChangeTransaction& transaction, UserId user, ContactChanged change);
void AddUserChange(ChangeTransaction& transaction, UserId user, ConversationChanged change);
void AddUserChange(ChangeTransaction& transaction, UserId user, BlockChanged change);

// The same change of each of many users, in one statement.
void AddUserChanges(ChangeTransaction& transaction, const std::vector<UserId>& users,
                    const ContactChanged& change);
void AddUserChanges(ChangeTransaction& transaction, const std::vector<UserId>& users,
                    const ConversationChanged& change);

// A user whose own read mark of a conversation has moved.
struct OwnRead {
  UserId user_id;
  ConversationId conversation_id;
};

// Counts and stores them. In no batch: they are told as signals. The caller holds the locks of the
// users' rows.
void AddReadChanges(Transaction& transaction, const std::vector<OwnRead>& reads);

}  // namespace chat::postgres
