#include "server/sqlite/revocations.h"

#include <cstdint>

#include "server/sqlite/connection.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {

Revocation RevokeSession(WriteTransaction& transaction, const SessionOwner& owner) {
  const std::int64_t revoked =
      Statement(transaction.connection,
                "UPDATE sessions SET revoked_at = ?1 "
                "WHERE session_id = ?2 AND user_id = ?3 AND revoked_at IS NULL",
                transaction.now, owner.session_id, owner.user_id)
          .Run();
  if (revoked == 0) return Revocation::kNothing;
  transaction.batch.revoked_sessions.push_back(owner);
  return Revocation::kRevoked;
}

void RevokeOtherSessions(WriteTransaction& transaction, const SessionOwner& kept) {
  Statement rows(transaction.connection,
                 "UPDATE sessions SET revoked_at = ?1 "
                 "WHERE user_id = ?2 AND session_id <> ?3 AND revoked_at IS NULL "
                 "RETURNING session_id",
                 transaction.now, kept.user_id, kept.session_id);
  while (rows.Step()) {
    transaction.batch.revoked_sessions.push_back(
        {.session_id = rows.Get<SessionId>(0), .user_id = kept.user_id});
  }
}

}  // namespace chat::sqlite
