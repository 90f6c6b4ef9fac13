// The reactions to entries, as one reader of a page sees them.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/messages.h"
#include "server/sqlite/connection.h"

namespace chat::sqlite {

// Fills in `reactions` of those that have some.
void ReadReactions(Connection& connection, UserId viewer, std::vector<Entry>& entries);

}  // namespace chat::sqlite
