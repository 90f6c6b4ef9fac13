// How a refresh token becomes the next one, and how a stolen one gives itself away.
#pragma once

#include <optional>

#include "server/ports/completion.h"
#include "server/ports/sessions.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

// As Sessions::Rotate, except that a token whose session has to be revoked changes nothing and
// answers kReused: revoking is a change that everybody has to hear of, and this is not.
Result<RefreshedSession, RefreshError> RotateUnlessReused(Transaction& transaction,
                                                          const RefreshRotation& rotation);

// As Sessions::Rotate, with the revocation. Everything is looked at anew, so it does not matter
// what happened since RotateUnlessReused.
Result<RefreshedSession, RefreshError> RotateOrRevoke(ChangeTransaction& transaction,
                                                      const RefreshRotation& rotation);

}  // namespace chat::postgres
