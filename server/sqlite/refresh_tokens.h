// How a refresh token becomes the next one, and how a stolen one gives itself away.
#pragma once

#include "server/ports/completion.h"
#include "server/ports/sessions.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

// As Sessions::Rotate.
Result<RefreshedSession, RefreshError> RotateRefreshToken(WriteTransaction& transaction,
                                                          const RefreshRotation& rotation);

// Revokes the session, if it was not, and tells of it.
void RevokeSession(WriteTransaction& transaction, const SessionOwner& owner);

}  // namespace chat::sqlite
