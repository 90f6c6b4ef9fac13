#include "server/sqlite/sessions.h"

#include <optional>
#include <utility>

#include "protocol/timestamp.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/refresh_tokens.h"
#include "server/sqlite/revocations.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

// A session that is neither revoked nor expired and whose user is not disabled.
std::optional<SessionOwner> FindActiveSession(Connection& connection, UnixTime now,
                                              SessionId session) {
  Statement row(connection,
                "SELECT s.session_id, s.user_id "
                "FROM sessions s JOIN users u ON u.user_id = s.user_id "
                "WHERE s.session_id = ?1 "
                "AND s.revoked_at IS NULL AND s.expires_at > ?2 AND u.disabled = 0",
                session, now);
  if (!row.Step()) return std::nullopt;
  return SessionOwner{.session_id = row.Get<SessionId>(0), .user_id = row.Get<UserId>(1)};
}

bool MayLogIn(Connection& connection, const NewSession& session) {
  return Statement(connection,
                   "SELECT 1 FROM users WHERE user_id = ?1 AND disabled = 0 "
                   "AND password_hash IS coalesce(?2, password_hash)",
                   session.user_id, session.password_hash)
      .Step();
}

// So that a user's sessions do not pile up.
void ForgetExpired(WriteTransaction& transaction, UserId user) {
  Statement(transaction.connection, "DELETE FROM sessions WHERE user_id = ?1 AND expires_at <= ?2",
            user, transaction.now)
      .Run();
}

Result<RefreshedSession, OpenSessionError> OpenSession(WriteTransaction& transaction,
                                                       const NewSession& session) {
  if (!MayLogIn(transaction.connection, session)) {
    return std::unexpected(OpenSessionError::kUserGone);
  }
  ForgetExpired(transaction, session.user_id);
  const SessionId id = transaction.ids.Next<SessionId>(transaction.now);
  const UnixTime expires_at = transaction.now + session.lifetime;
  Statement(transaction.connection,
            "INSERT INTO sessions (session_id, user_id, device_name, refresh_hash, created_at, "
            "last_used_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
            id, session.user_id, session.device_name, session.refresh_hash, transaction.now,
            expires_at)
      .Run();
  return RefreshedSession{.owner = {.session_id = id, .user_id = session.user_id},
                          .expires_at = expires_at};
}

std::vector<StoredSession> ListSessions(ReadTransaction& transaction,
                                        const SessionPageRequest& page) {
  Statement rows(transaction.connection,
                 "SELECT session_id, device_name, created_at, last_used_at FROM sessions "
                 "WHERE user_id = ?1 AND session_id > ?2 AND revoked_at IS NULL "
                 "AND expires_at > ?3 ORDER BY session_id LIMIT ?4",
                 page.user, page.after, transaction.now, PageLimit(page.limit));
  std::vector<StoredSession> sessions;
  while (rows.Step()) {
    sessions.push_back({.session_id = rows.Get<SessionId>(0),
                        .device_name = rows.Get<std::string>(1),
                        .created_at = rows.Get<UnixTime>(2),
                        .last_used_at = rows.Get<UnixTime>(3)});
  }
  return sessions;
}

// Two for each ticket that comes: the table shrinks to those that can still be presented.
void ForgetExpiredTickets(WriteTransaction& transaction) {
  Statement(transaction.connection,
            "DELETE FROM used_tickets WHERE nonce IN "
            "(SELECT nonce FROM used_tickets WHERE expires_at <= ?1 ORDER BY expires_at LIMIT 2)",
            transaction.now)
      .Run();
}

Result<SessionOwner, TicketError> UseTicket(WriteTransaction& transaction, const TicketUse& use) {
  // Its nonce may be forgotten already.
  if (use.expires_at <= transaction.now) return std::unexpected(TicketError::kUsed);
  const std::optional<SessionOwner> owner =
      FindActiveSession(transaction.connection, transaction.now, use.session_id);
  if (!owner) return std::unexpected(TicketError::kSessionEnded);
  ForgetExpiredTickets(transaction);
  const std::int64_t inserted = Statement(transaction.connection,
                                          "INSERT INTO used_tickets (nonce, expires_at) "
                                          "VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                                          use.nonce, use.expires_at)
                                    .Run();
  if (inserted == 0) return std::unexpected(TicketError::kUsed);
  return *owner;
}

}  // namespace

void Sessions::Open(NewSession session, Completion<RefreshedSession, OpenSessionError> done) {
  database_.Write(home_, std::move(done),
                  [session = std::move(session)](WriteTransaction& transaction) {
                    return OpenSession(transaction, session);
                  });
}

void Sessions::Rotate(RefreshRotation rotation, Completion<RefreshedSession, RefreshError> done) {
  database_.Write(home_, std::move(done), [rotation](WriteTransaction& transaction) {
    return RotateRefreshToken(transaction, rotation);
  });
}

void Sessions::Revoke(SessionOwner owner, Completion<void, ViewError> done) {
  database_.Write(home_, std::move(done),
                  [owner](WriteTransaction& transaction) -> Result<void, ViewError> {
                    if (RevokeSession(transaction, owner) == Revocation::kRevoked) return {};
                    return std::unexpected(ViewError::kNotFound);
                  });
}

void Sessions::RevokeOthers(SessionOwner kept, Completion<void, ReadError> done) {
  database_.Write(home_, std::move(done),
                  [kept](WriteTransaction& transaction) -> Result<void, ReadError> {
                    RevokeOtherSessions(transaction, kept);
                    return {};
                  });
}

void Sessions::List(SessionPageRequest page,
                    Completion<std::vector<StoredSession>, ReadError> done) {
  database_.Read(
      home_, std::move(done),
      [page](ReadTransaction& transaction) -> Result<std::vector<StoredSession>, ReadError> {
        return ListSessions(transaction, page);
      });
}

void Sessions::FindEnded(std::vector<SessionId> sessions,
                         Completion<std::vector<SessionId>, ReadError> done) {
  database_.Read(
      home_, std::move(done),
      [sessions = std::move(sessions)](
          ReadTransaction& transaction) -> Result<std::vector<SessionId>, ReadError> {
        std::vector<SessionId> ended = sessions;
        std::erase_if(ended, [&](SessionId session) {
          return FindActiveSession(transaction.connection, transaction.now, session).has_value();
        });
        return ended;
      });
}

void Sessions::FindActive(SessionId session, Completion<SessionOwner, ViewError> done) {
  database_.Read(home_, std::move(done),
                 [session](ReadTransaction& transaction) -> Result<SessionOwner, ViewError> {
                   const std::optional<SessionOwner> owner =
                       FindActiveSession(transaction.connection, transaction.now, session);
                   if (!owner) return std::unexpected(ViewError::kNotFound);
                   return *owner;
                 });
}

void Sessions::ConsumeTicket(TicketUse use, Completion<SessionOwner, TicketError> done) {
  database_.Write(home_, std::move(done),
                  [use](WriteTransaction& transaction) { return UseTicket(transaction, use); });
}

}  // namespace chat::sqlite
