#include "server/postgres/revocations.h"

#include "server/postgres/values.h"

namespace chat::postgres {

Revocation RevokeSession(ChangeTransaction& transaction, const SessionOwner& owner) {
  const pqxx::result revoked = transaction.Run(
      "UPDATE sessions SET revoked_at = $1 "
      "WHERE session_id = $2 AND user_id = $3 AND revoked_at IS NULL",
      transaction.now, owner.session_id, owner.user_id);
  if (revoked.affected_rows() == 0) return Revocation::kNothing;
  transaction.batch.revoked_sessions.push_back(owner);
  return Revocation::kRevoked;
}

// The user's row first, so that of two devices that do this at once one waits for the other.
void RevokeOtherSessions(ChangeTransaction& transaction, const SessionOwner& kept) {
  transaction.Run("SELECT 1 FROM users WHERE user_id = $1 FOR NO KEY UPDATE", kept.user_id);
  const pqxx::result rows = transaction.Run(
      "UPDATE sessions SET revoked_at = $1 "
      "WHERE user_id = $2 AND session_id <> $3 AND revoked_at IS NULL RETURNING session_id",
      transaction.now, kept.user_id, kept.session_id);
  for (const pqxx::row& row : rows) {
    transaction.batch.revoked_sessions.push_back(
        {.session_id = row[0].as<SessionId>(), .user_id = kept.user_id});
  }
}

}  // namespace chat::postgres
