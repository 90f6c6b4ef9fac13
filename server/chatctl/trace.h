// What became of one message.
#pragma once

#include <string>

#include "server/chatctl/admin_connection.h"

namespace chat::chatctl {

// Prints where the message lies, when and by whom it was committed, what changed about it since,
// and how far each member has come; never what it says.
//
// Errors: one sentence.
Outcome<void> TraceMessage(const AdminConnection& server, const std::string& message_id);

}  // namespace chat::chatctl
