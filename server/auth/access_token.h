// Access tokens: what `Authorization: Bearer` carries. A token proves who signed in where until it
// expires; whether that session still lives is the store's to say, and Authenticator asks it.
#pragma once

#include <string>
#include <string_view>

#include "protocol/timestamp.h"
#include "server/auth/keyring.h"
#include "server/auth/signed_text.h"
#include "server/ports/completion.h"
#include "server/ports/sessions.h"

namespace chat::auth {

struct AccessClaims {
  SessionOwner owner;
  UnixTime expires_at;
};

std::string IssueAccessToken(const Keyring& keyring, const AccessClaims& claims);

// Errors: every TokenError; any text but the issued one is refused, bit for bit.
Result<AccessClaims, TokenError> VerifyAccessToken(const Keyring& keyring, std::string_view token,
                                                   UnixTime now);

}  // namespace chat::auth
