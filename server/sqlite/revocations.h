// How sessions end before their time. Each end is told to everybody: sockets close, tokens die.
#pragma once

#include "server/ports/sessions.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

enum class Revocation {
  kRevoked,
  kNothing,  // the user has no such session, or it was revoked before
};

Revocation RevokeSession(WriteTransaction& transaction, const SessionOwner& owner);

// Revokes all sessions of the user but this one.
void RevokeOtherSessions(WriteTransaction& transaction, const SessionOwner& kept);

}  // namespace chat::sqlite
