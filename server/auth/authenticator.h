// Says who is asking: for every HTTP request, and for a WebSocket before its upgrade. A signature
// alone is never enough; the store is asked each time whether the session still lives, so that a
// revoked one is dead at once on every node.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "server/auth/keyring.h"
#include "server/ports/clock.h"
#include "server/ports/completion.h"
#include "server/ports/sessions.h"

namespace chat::auth {

enum class AuthError {
  kUnauthenticated,  // whatever is wrong with it: who asks is not told
  kUnavailable,
};

// Brings the keyring up to date with the store; completes on the same shard.
using RefreshKeys = std::function<void(Completion<void, KeyringError>)>;

// Thread: one shard's, like the sessions it asks. Lifetime: shorter than what it was given.
class Authenticator {
 public:
  Authenticator(const Keyring& keyring, Sessions& sessions, const Clock& clock, RefreshKeys refresh)
      : keyring_(keyring), sessions_(sessions), clock_(clock), refresh_(std::move(refresh)) {}

  // The owner of an access token whose session is active. A key that is newer than all known ones
  // is asked for once, so that a rotation at another node troubles nobody.
  void CheckAccessToken(std::string_view token, Completion<SessionOwner, AuthError> done) const;

  // Uses the ticket up; every later call with the same one is kUnauthenticated.
  void CheckTicket(std::string_view ticket, Completion<SessionOwner, AuthError> done) const;

 private:
  const Keyring& keyring_;
  Sessions& sessions_;
  const Clock& clock_;
  RefreshKeys refresh_;
};

}  // namespace chat::auth
