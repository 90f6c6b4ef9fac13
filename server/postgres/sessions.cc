#include "server/postgres/sessions.h"

#include <optional>
#include <utility>

#include "protocol/timestamp.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/refresh_tokens.h"
#include "server/postgres/revocations.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {
namespace {

// A session that is neither revoked nor expired and whose user is not disabled.
std::optional<SessionOwner> FindActiveSession(Transaction& transaction, UnixTime now,
                                              SessionId session) {
  const pqxx::result rows = transaction.Run(
      "SELECT s.session_id, s.user_id FROM sessions s JOIN users u ON u.user_id = s.user_id "
      "WHERE s.session_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 "
      "AND NOT u.disabled",
      session, now);
  if (rows.empty()) return std::nullopt;
  return SessionOwner{.session_id = rows[0][0].as<SessionId>(), .user_id = rows[0][1].as<UserId>()};
}

std::vector<SessionId> FindEndedSessions(Transaction& transaction,
                                         const std::vector<SessionId>& sessions) {
  const pqxx::result rows = transaction.Run(
      "SELECT asked.id FROM unnest($1::bigint[]) AS asked (id) WHERE NOT EXISTS "
      "(SELECT 1 FROM sessions s JOIN users u ON u.user_id = s.user_id "
      "WHERE s.session_id = asked.id AND s.revoked_at IS NULL AND s.expires_at > $2 "
      "AND NOT u.disabled)",
      sessions, transaction.now);
  std::vector<SessionId> ended;
  for (const pqxx::row& row : rows) ended.push_back(row[0].as<SessionId>());
  return ended;
}

// So that a user's sessions do not pile up. What another login of the user removes right now need
// not be waited for.
void ForgetExpired(Transaction& transaction, UserId user) {
  transaction.Run(
      "DELETE FROM sessions WHERE session_id IN "
      "(SELECT session_id FROM sessions WHERE user_id = $1 AND expires_at <= $2 "
      "FOR UPDATE SKIP LOCKED)",
      user, transaction.now);
}

// Waits for who changes the password or disables the user right now; who does either later finds
// the session and revokes it.
bool MayLogIn(Transaction& transaction, const NewSession& session) {
  return !transaction
              .Run(
                  "SELECT 1 FROM users WHERE user_id = $1 AND NOT disabled "
                  "AND ($2::text IS NULL OR password_hash = $2) FOR SHARE",
                  session.user_id, session.password_hash)
              .empty();
}

std::vector<StoredSession> ListSessions(Transaction& transaction, const SessionPageRequest& page) {
  const pqxx::result rows = transaction.Run(
      "SELECT session_id, device_name, created_at, last_used_at FROM sessions "
      "WHERE user_id = $1 AND session_id > $2 AND revoked_at IS NULL AND expires_at > $3 "
      "ORDER BY session_id LIMIT $4",
      page.user, page.after, transaction.now, PageLimit(page.limit));
  std::vector<StoredSession> sessions;
  for (const pqxx::row& row : rows) {
    sessions.push_back({.session_id = row[0].as<SessionId>(),
                        .device_name = row[1].as<std::string>(),
                        .created_at = row[2].as<UnixTime>(),
                        .last_used_at = row[3].as<UnixTime>()});
  }
  return sessions;
}

Result<RefreshedSession, OpenSessionError> OpenSession(Transaction& transaction,
                                                       const NewSession& session) {
  if (!MayLogIn(transaction, session)) return std::unexpected(OpenSessionError::kUserGone);
  ForgetExpired(transaction, session.user_id);
  const SessionId id = transaction.ids.Next<SessionId>(transaction.now);
  const UnixTime expires_at = transaction.now + session.lifetime;
  transaction.Run(
      "INSERT INTO sessions (session_id, user_id, device_name, refresh_hash, created_at, "
      "last_used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
      id, session.user_id, session.device_name, Blob(session.refresh_hash), transaction.now,
      expires_at);
  return RefreshedSession{.owner = {.session_id = id, .user_id = session.user_id},
                          .expires_at = expires_at};
}

// Two for each ticket that comes: the table shrinks to those that can still be presented.
void ForgetExpiredTickets(Transaction& transaction) {
  transaction.Run(
      "DELETE FROM used_tickets WHERE nonce IN "
      "(SELECT nonce FROM used_tickets WHERE expires_at <= $1 ORDER BY expires_at LIMIT 2 "
      "FOR UPDATE SKIP LOCKED)",
      transaction.now);
}

// Of concurrent uses all but the first wait for its insert, and then find nothing to insert.
Result<SessionOwner, TicketError> UseTicket(Transaction& transaction, const TicketUse& use) {
  // Its nonce may be forgotten already.
  if (use.expires_at <= transaction.now) return std::unexpected(TicketError::kUsed);
  const std::optional<SessionOwner> owner =
      FindActiveSession(transaction, transaction.now, use.session_id);
  if (!owner) return std::unexpected(TicketError::kSessionEnded);
  ForgetExpiredTickets(transaction);
  const pqxx::result inserted = transaction.Run(
      "INSERT INTO used_tickets (nonce, expires_at) "
      "VALUES ($1, $2) ON CONFLICT DO NOTHING",
      Blob(use.nonce), use.expires_at);
  if (inserted.affected_rows() == 0) return std::unexpected(TicketError::kUsed);
  return *owner;
}

}  // namespace

void Sessions::Open(NewSession session, Completion<RefreshedSession, OpenSessionError> done) {
  database_.Write(home_, std::move(done), [session = std::move(session)](Transaction& transaction) {
    return OpenSession(transaction, session);
  });
}

// Refreshing is common and nobody else's business; a reused token is neither, and goes the way of
// changes that everybody hears of.
void Sessions::Rotate(RefreshRotation rotation, Completion<RefreshedSession, RefreshError> done) {
  auto unless_reused = [&database = database_, &home = home_, rotation, done = std::move(done)](
                           Result<RefreshedSession, RefreshError> rotated) mutable {
    if (rotated || rotated.error() != RefreshError::kReused) return done(std::move(rotated));
    database.Change(home, std::move(done), [rotation](ChangeTransaction& transaction) {
      return RotateOrRevoke(transaction, rotation);
    });
  };
  database_.Write(
      home_, Completion<RefreshedSession, RefreshError>(std::move(unless_reused)),
      [rotation](Transaction& transaction) { return RotateUnlessReused(transaction, rotation); });
}

void Sessions::Revoke(SessionOwner owner, Completion<void, ViewError> done) {
  database_.Change(home_, std::move(done),
                   [owner](ChangeTransaction& transaction) -> Result<void, ViewError> {
                     if (RevokeSession(transaction, owner) == Revocation::kRevoked) return {};
                     return std::unexpected(ViewError::kNotFound);
                   });
}

void Sessions::RevokeOthers(SessionOwner kept, Completion<void, ReadError> done) {
  database_.Change(home_, std::move(done),
                   [kept](ChangeTransaction& transaction) -> Result<void, ReadError> {
                     RevokeOtherSessions(transaction, kept);
                     return {};
                   });
}

void Sessions::List(SessionPageRequest page,
                    Completion<std::vector<StoredSession>, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [page](Transaction& transaction) -> Result<std::vector<StoredSession>, ReadError> {
                   return ListSessions(transaction, page);
                 });
}

void Sessions::FindEnded(std::vector<SessionId> sessions,
                         Completion<std::vector<SessionId>, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [sessions = std::move(sessions)](
                     Transaction& transaction) -> Result<std::vector<SessionId>, ReadError> {
                   return FindEndedSessions(transaction, sessions);
                 });
}

void Sessions::FindActive(SessionId session, Completion<SessionOwner, ViewError> done) {
  database_.Read(home_, std::move(done),
                 [session](Transaction& transaction) -> Result<SessionOwner, ViewError> {
                   const std::optional<SessionOwner> owner =
                       FindActiveSession(transaction, transaction.now, session);
                   if (!owner) return std::unexpected(ViewError::kNotFound);
                   return *owner;
                 });
}

void Sessions::ConsumeTicket(TicketUse use, Completion<SessionOwner, TicketError> done) {
  database_.Write(home_, std::move(done),
                  [use](Transaction& transaction) { return UseTicket(transaction, use); });
}

}  // namespace chat::postgres
