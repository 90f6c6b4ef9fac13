// A user's own last_change: every change of their contacts or conversations takes the next number.
#pragma once

#include "protocol/ids.h"
#include "server/ports/bus.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

// Counts the change, stores what it was about, and adds it to the batch.
void AddUserChange(WriteTransaction& transaction, UserId user, ContactChanged change);
void AddUserChange(WriteTransaction& transaction, UserId user, ConversationChanged change);
void AddUserChange(WriteTransaction& transaction, UserId user, BlockChanged change);

// The user's own read mark has moved. Not in the batch: it is told as a signal.
void AddReadChange(WriteTransaction& transaction, UserId user, ConversationId conversation);

}  // namespace chat::sqlite
