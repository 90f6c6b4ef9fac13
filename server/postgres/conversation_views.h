// Conversations as one of their members sees them, read inside of a read or a change.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/conversations.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

// Each is one statement and so of one moment: the heads, the marks, the last message and the count
// of what is unread fit together.

// From the words in conversations.kind and conversation_members.role.
ConversationKind KindFrom(std::string_view word);
Role RoleFrom(std::string_view word);

// Empty when there is no such conversation or the viewer is not a member of it.
std::optional<ConversationView> FindView(Transaction& transaction, UserId viewer,
                                         ConversationId conversation);

// Those of them that the viewer has, in any order.
std::vector<ConversationView> FindViews(Transaction& transaction, UserId viewer,
                                        const std::vector<ConversationId>& conversations);

std::vector<ConversationView> ListViews(Transaction& transaction,
                                        const ConversationPageRequest& page);

}  // namespace chat::postgres
