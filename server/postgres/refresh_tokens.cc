#include "server/postgres/refresh_tokens.h"

#include <chrono>
#include <cstdint>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/postgres/revocations.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {
namespace {

// A session that is neither revoked nor expired and whose user is not disabled, found by a token.
struct TokenMatch {
  SessionOwner owner;
  std::optional<UnixTime> replaced_at;  // of the token presented; empty when it is the current one
};

// The session that a token was given out for, whatever became of either. One statement, and so one
// snapshot: a token that is being replaced is seen in one of its two places.
std::optional<SessionId> FindSession(Transaction& transaction, const TokenHash& presented) {
  const pqxx::result rows = transaction.Run(
      "SELECT session_id FROM sessions WHERE refresh_hash = $1 "
      "UNION ALL SELECT session_id FROM replaced_refresh_tokens WHERE refresh_hash = $1",
      Blob(presented));
  if (rows.empty()) return std::nullopt;
  return rows[0][0].as<SessionId>();
}

// Waits for whoever else refreshes or revokes the session. FOR UPDATE, because that is what
// replacing its unique refresh_hash will need.
std::optional<SessionOwner> LockActiveSession(Transaction& transaction, SessionId session) {
  const pqxx::result rows = transaction.Run(
      "SELECT s.session_id, s.user_id FROM sessions s JOIN users u ON u.user_id = s.user_id "
      "WHERE s.session_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 "
      "AND NOT u.disabled FOR UPDATE OF s",
      session, transaction.now);
  if (rows.empty()) return std::nullopt;
  return SessionOwner{.session_id = rows[0][0].as<SessionId>(), .user_id = rows[0][1].as<UserId>()};
}

// What the token is by now. A statement of its own after the lock, so that it sees what was
// committed while that was waited for.
std::optional<TokenMatch> FindMatch(Transaction& transaction, const TokenHash& presented) {
  const std::optional<SessionId> session = FindSession(transaction, presented);
  if (!session) return std::nullopt;
  const std::optional<SessionOwner> owner = LockActiveSession(transaction, *session);
  if (!owner) return std::nullopt;
  const pqxx::result rows = transaction.Run(
      "SELECT replaced_at FROM replaced_refresh_tokens WHERE refresh_hash = $1", Blob(presented));
  if (rows.empty()) return TokenMatch{.owner = *owner, .replaced_at = {}};
  return TokenMatch{.owner = *owner, .replaced_at = rows[0][0].as<UnixTime>()};
}

// The tokens of one session that are older than any that still live are forgotten.
void KeepReplaced(Transaction& transaction, SessionId session, std::chrono::seconds lifetime) {
  transaction.Run(
      "INSERT INTO replaced_refresh_tokens (refresh_hash, session_id, replaced_at) "
      "SELECT refresh_hash, session_id, $2 FROM sessions WHERE session_id = $1",
      session, transaction.now);
  transaction.Run("DELETE FROM replaced_refresh_tokens WHERE session_id = $1 AND replaced_at < $2",
                  session, UnixTime(transaction.now - lifetime));
}

RefreshedSession Replace(Transaction& transaction, const SessionOwner& owner,
                         const RefreshRotation& rotation) {
  const UnixTime expires_at = transaction.now + rotation.lifetime;
  KeepReplaced(transaction, owner.session_id, rotation.lifetime);
  transaction.Run(
      "UPDATE sessions SET refresh_hash = $1, last_used_at = $2, expires_at = $3 "
      "WHERE session_id = $4",
      Blob(rotation.next), transaction.now, expires_at, owner.session_id);
  return {.owner = owner, .expires_at = expires_at};
}

bool IsReused(const TokenMatch& match, const RefreshRotation& rotation, UnixTime now) {
  return match.replaced_at && now > *match.replaced_at + rotation.reuse_grace;
}

}  // namespace

Result<RefreshedSession, RefreshError> RotateUnlessReused(Transaction& transaction,
                                                          const RefreshRotation& rotation) {
  const std::optional<TokenMatch> match = FindMatch(transaction, rotation.presented);
  if (!match) return std::unexpected(RefreshError::kUnknown);
  if (IsReused(*match, rotation, transaction.now)) return std::unexpected(RefreshError::kReused);
  return Replace(transaction, match->owner, rotation);
}

Result<RefreshedSession, RefreshError> RotateOrRevoke(ChangeTransaction& transaction,
                                                      const RefreshRotation& rotation) {
  const std::optional<TokenMatch> match = FindMatch(transaction, rotation.presented);
  if (!match) return std::unexpected(RefreshError::kUnknown);
  if (!IsReused(*match, rotation, transaction.now)) {
    return Replace(transaction, match->owner, rotation);
  }
  RevokeSession(transaction, match->owner);
  return std::unexpected(RefreshError::kReused);
}

}  // namespace chat::postgres
