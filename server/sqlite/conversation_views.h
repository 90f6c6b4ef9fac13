// Conversations as one of their members sees them, read inside of a read or a write.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/conversations.h"
#include "server/sqlite/connection.h"

namespace chat::sqlite {

// From the words in conversations.kind and conversation_members.role.
ConversationKind KindFrom(std::string_view word);
Role RoleFrom(std::string_view word);

// Empty when there is no such conversation or the viewer is not a member of it.
std::optional<ConversationView> FindView(Connection& connection, UserId viewer,
                                         ConversationId conversation);

std::vector<ConversationView> ListViews(Connection& connection,
                                        const ConversationPageRequest& page);

}  // namespace chat::sqlite
