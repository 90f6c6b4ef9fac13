// Makes what a client holds after a login: access tokens, refresh tokens and tickets, each with the
// lifetime of the contract. It opens no session and stores nothing.
#pragma once

#include <string>

#include "protocol/timestamp.h"
#include "server/auth/keyring.h"
#include "server/auth/refresh_token.h"
#include "server/auth/secure_random.h"
#include "server/ports/clock.h"
#include "server/ports/sessions.h"

namespace chat::auth {

struct IssuedCredential {
  std::string text;  // for the client, never logged
  UnixTime expires_at;
};

// Thread: one shard's. Lifetime: shorter than what it was given.
class CredentialIssuer {
 public:
  CredentialIssuer(const Keyring& keyring, SecureRandom& random, const Clock& clock)
      : keyring_(keyring), random_(random), clock_(clock) {}

  IssuedCredential AccessToken(SessionOwner owner) const;
  IssuedCredential Ticket(SessionId session) const;
  RefreshToken NewRefreshToken() const { return MakeRefreshToken(random_); }

 private:
  const Keyring& keyring_;
  SecureRandom& random_;
  const Clock& clock_;
};

}  // namespace chat::auth
