// Port: sessions (stored logins), their refresh tokens, and single-use WebSocket tickets.
// Secrets arrive hashed; the store never sees a refresh token or a ticket itself.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/completion.h"

namespace chat {

using TokenHash = std::array<std::uint8_t, 32>;    // SHA-256 or BLAKE2b of a 256-bit random token
using TicketNonce = std::array<std::uint8_t, 16>;  // the random part of a ticket

struct SessionOwner {
  SessionId session_id;
  UserId user_id;
};

struct NewSession {
  UserId user_id;
  std::string device_name;
  TokenHash refresh_hash;
  std::chrono::seconds lifetime;  // from last use
  // The hash that the password was checked against: a login that a change of password overtook
  // opens no session. Nothing where no password was shown.
  std::optional<std::string> password_hash = {};
};

// A session as its user sees it in the list of their devices.
struct StoredSession {
  SessionId session_id;
  std::string device_name;
  UnixTime created_at;
  UnixTime last_used_at;  // opened or refreshed
};

struct SessionPageRequest {
  UserId user;
  SessionId after;  // the last session of the page before; zero for the first page
  int limit = 0;
};

struct RefreshRotation {
  TokenHash presented;
  TokenHash next;
  std::chrono::seconds lifetime;
  std::chrono::seconds reuse_grace;  // how long the previous token still answers (a lost reply)
};

struct RefreshedSession {
  SessionOwner owner;
  UnixTime expires_at;
};

struct TicketUse {
  TicketNonce nonce;
  SessionId session_id;
  UnixTime
      expires_at;  // after this the nonce may be forgotten: the ticket itself no longer verifies
};

enum class OpenSessionError { kUserGone, kUnavailable };
enum class RefreshError {
  kUnknown,  // never issued, expired, or its session is revoked
  kReused,   // a replaced token after the grace: the session is revoked by this call
  kUnavailable
};
enum class TicketError { kUsed, kSessionEnded, kUnavailable };

// Thread: called on one shard, completes on it.
class EndedSessions {
 public:
  virtual ~EndedSessions() = default;

  // Those of the sessions that are not active: revoked, expired, or of a disabled user.
  virtual void FindEnded(std::vector<SessionId> sessions,
                         Completion<std::vector<SessionId>, ReadError> done) = 0;
};

// Thread: called on one shard, completes on it. Each call is one atomic change in the store.
class Sessions : public EndedSessions {
 public:
  virtual void Open(NewSession session, Completion<RefreshedSession, OpenSessionError> done) = 0;

  // Replaces the presented token by `next`. Within `reuse_grace` of its replacement the previous
  // token is accepted once more and replaced again. Revoking on reuse publishes SessionRevoked.
  virtual void Rotate(RefreshRotation rotation,
                      Completion<RefreshedSession, RefreshError> done) = 0;

  // Marks the session revoked and publishes SessionRevoked. kNotFound when the user has no such
  // session, or not any more.
  virtual void Revoke(SessionOwner owner, Completion<void, ViewError> done) = 0;

  // Revokes all sessions of the user but this one; without a session's id all of them.
  virtual void RevokeOthers(SessionOwner kept, Completion<void, ReadError> done) = 0;

  // The user's sessions that are neither revoked nor expired, ascending by id: the oldest first.
  virtual void List(SessionPageRequest page,
                    Completion<std::vector<StoredSession>, ReadError> done) = 0;

  // The owner of a session that is neither revoked nor expired and whose user is not disabled.
  virtual void FindActive(SessionId session, Completion<SessionOwner, ViewError> done) = 0;

  // Uses up a ticket: of any number of concurrent calls with one nonce exactly one succeeds.
  virtual void ConsumeTicket(TicketUse use, Completion<SessionOwner, TicketError> done) = 0;
};

}  // namespace chat
