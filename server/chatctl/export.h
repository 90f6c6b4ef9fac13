// All that the store has of one user, for them to take along.
#pragma once

#include <string>

#include "server/chatctl/admin_connection.h"

namespace chat::chatctl {

// Prints one JSON object on a line for each thing, named by what it is: profile, session, contact,
// block, conversation, message; at the end {"complete":true}. Memory: one page.
//
// Errors: one sentence; what was printed before is not all then, and has no last line.
Outcome<void> ExportUser(const AdminConnection& server, const std::string& user);

}  // namespace chat::chatctl
