// How a message gets its place in a conversation, and how a retry finds the place it already has.
#pragma once

#include <array>
#include <cstdint>

#include "server/ports/completion.h"
#include "server/ports/messages.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

// Of what a client may not change under one client_msg_id: the text and the reply.
using ContentHash = std::array<std::uint8_t, 16>;

ContentHash HashContent(const NewMessage& message);

// As Messages::Append. `hash` is that of `message`, made beforehand to spare the writer's thread.
Result<Appended, AppendError> AppendMessage(WriteTransaction& transaction,
                                            const NewMessage& message, const ContentHash& hash);

}  // namespace chat::sqlite
