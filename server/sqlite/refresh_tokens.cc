#include "server/sqlite/refresh_tokens.h"

#include <chrono>
#include <optional>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/revocations.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

// A session that is neither revoked nor expired and whose user is not disabled, found by a token.
struct TokenMatch {
  SessionOwner owner;
  TokenHash current;                    // the session's token of now
  std::optional<UnixTime> replaced_at;  // of the token presented; empty when it is the current one
};

TokenMatch ReadMatch(const Statement& row) {
  return {.owner = {.session_id = row.Get<SessionId>(0), .user_id = row.Get<UserId>(1)},
          .current = row.Get<TokenHash>(2),
          .replaced_at = row.Get<std::optional<UnixTime>>(3)};
}

std::optional<TokenMatch> FindCurrent(WriteTransaction& transaction, const TokenHash& presented) {
  Statement row(transaction.connection,
                "SELECT s.session_id, s.user_id, s.refresh_hash, NULL "
                "FROM sessions s JOIN users u ON u.user_id = s.user_id "
                "WHERE s.refresh_hash = ?1 "
                "AND s.revoked_at IS NULL AND s.expires_at > ?2 AND u.disabled = 0",
                presented, transaction.now);
  if (!row.Step()) return std::nullopt;
  return ReadMatch(row);
}

std::optional<TokenMatch> FindReplaced(WriteTransaction& transaction, const TokenHash& presented) {
  Statement row(transaction.connection,
                "SELECT s.session_id, s.user_id, s.refresh_hash, r.replaced_at "
                "FROM replaced_refresh_tokens r JOIN sessions s ON s.session_id = r.session_id "
                "JOIN users u ON u.user_id = s.user_id "
                "WHERE r.refresh_hash = ?1 "
                "AND s.revoked_at IS NULL AND s.expires_at > ?2 AND u.disabled = 0",
                presented, transaction.now);
  if (!row.Step()) return std::nullopt;
  return ReadMatch(row);
}

// The tokens of one session that are older than any that still live are forgotten.
void KeepReplaced(WriteTransaction& transaction, const TokenMatch& match,
                  std::chrono::seconds lifetime) {
  Statement(transaction.connection,
            "INSERT INTO replaced_refresh_tokens (refresh_hash, session_id, replaced_at) "
            "VALUES (?1, ?2, ?3)",
            match.current, match.owner.session_id, transaction.now)
      .Run();
  Statement(transaction.connection,
            "DELETE FROM replaced_refresh_tokens WHERE session_id = ?1 AND replaced_at < ?2",
            match.owner.session_id, UnixTime(transaction.now - lifetime))
      .Run();
}

RefreshedSession Replace(WriteTransaction& transaction, const TokenMatch& match,
                         const RefreshRotation& rotation) {
  const UnixTime expires_at = transaction.now + rotation.lifetime;
  KeepReplaced(transaction, match, rotation.lifetime);
  Statement(transaction.connection,
            "UPDATE sessions SET refresh_hash = ?1, last_used_at = ?2, expires_at = ?3 "
            "WHERE session_id = ?4",
            rotation.next, transaction.now, expires_at, match.owner.session_id)
      .Run();
  return {.owner = match.owner, .expires_at = expires_at};
}

}  // namespace

Result<RefreshedSession, RefreshError> RotateRefreshToken(WriteTransaction& transaction,
                                                          const RefreshRotation& rotation) {
  std::optional<TokenMatch> match = FindCurrent(transaction, rotation.presented);
  if (!match) match = FindReplaced(transaction, rotation.presented);
  if (!match) return std::unexpected(RefreshError::kUnknown);
  if (match->replaced_at && transaction.now > *match->replaced_at + rotation.reuse_grace) {
    RevokeSession(transaction, match->owner);
    return std::unexpected(RefreshError::kReused);
  }
  return Replace(transaction, *match, rotation);
}

}  // namespace chat::sqlite
