// Tickets: what a browser puts into the WebSocket's address (`?otp=`), since it cannot send a
// header there. A ticket lives for seconds and once; that it is used once is the store's to say.
#pragma once

#include <string>
#include <string_view>

#include "protocol/timestamp.h"
#include "server/auth/keyring.h"
#include "server/auth/signed_text.h"
#include "server/ports/completion.h"
#include "server/ports/sessions.h"

namespace chat::auth {

// `use.nonce` must be random and new.
std::string IssueTicket(const Keyring& keyring, const TicketUse& use);

// What the store has to use up before the ticket counts.
//
// Errors: every TokenError; any text but the issued one is refused, bit for bit.
Result<TicketUse, TokenError> VerifyTicket(const Keyring& keyring, std::string_view ticket,
                                           UnixTime now);

}  // namespace chat::auth
