// How a refresh token becomes the next one, and how a stolen one gives itself away.
#pragma once

#include "server/ports/completion.h"
#include "server/ports/sessions.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

// As Sessions::Rotate.
Result<RefreshedSession, RefreshError> RotateRefreshToken(WriteTransaction& transaction,
                                                          const RefreshRotation& rotation);

}  // namespace chat::sqlite
