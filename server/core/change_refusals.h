// What a client is told when an entry could not be changed, the same in frames and over HTTP.
#pragma once

#include "protocol/errors.h"
#include "server/ports/message_changes.h"

namespace chat {

Refusal ToRefusal(ChangeError error);

}  // namespace chat
