// Entries of conversations as several adapters read them.
#pragma once

#include <string_view>

#include "protocol/ids.h"
#include "server/ports/messages.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {

// The word in the column messages.kind.
std::string_view ToWord(EntryKind kind);

// From the columns seq, message_id, kind, sender_id, client_msg_id, text, created_at, edited_at,
// deleted, reply_to_seq, subject_user_id, name, role, change, in this order from the first.
Entry ReadEntry(const Statement& row, ConversationId conversation);

}  // namespace chat::sqlite
