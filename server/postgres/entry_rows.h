// Entries of conversations as several adapters read them.
#pragma once

#include <pqxx/pqxx>
#include <string_view>

#include "protocol/ids.h"
#include "server/ports/messages.h"

namespace chat::postgres {

// The word in the column messages.kind.
std::string_view ToWord(EntryKind kind);

// From the columns seq, message_id, kind, sender_id, client_msg_id, text, created_at, edited_at,
// deleted, reply_to_seq, subject_user_id, name, role, change, in this order from `first`.
Entry ReadEntry(const pqxx::row& row, int first, ConversationId conversation);

}  // namespace chat::postgres
