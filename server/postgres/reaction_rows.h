// The reactions to entries, as one reader of a page sees them.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/messages.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

// Fills in `reactions` of those that have some.
void ReadReactions(Transaction& transaction, UserId viewer, std::vector<Entry>& entries);

}  // namespace chat::postgres
