#include "server/auth/authenticator.h"

#include <cstdlib>
#include <expected>
#include <string>
#include <utility>

#include "server/auth/access_token.h"
#include "server/auth/signed_text.h"
#include "server/auth/ticket.h"

namespace chat::auth {
namespace {

AuthError Translate(ViewError error) {
  switch (error) {
    case ViewError::kNotFound:
      return AuthError::kUnauthenticated;
    case ViewError::kUnavailable:
      return AuthError::kUnavailable;
  }
  std::abort();
}

AuthError Translate(TicketError error) {
  switch (error) {
    case TicketError::kUsed:
    case TicketError::kSessionEnded:
      return AuthError::kUnauthenticated;
    case TicketError::kUnavailable:
      return AuthError::kUnavailable;
  }
  std::abort();
}

// Whatever is wrong with a text, who shows it is not told.
template <typename Claims>
Result<Claims, AuthError> Conceal(Result<Claims, TokenError> claims) {
  if (!claims) return std::unexpected(AuthError::kUnauthenticated);
  return *std::move(claims);
}

// Calls `then` with what the text claims: verified at once, or after a look for newer keys.
template <typename Verify, typename Then>
void VerifyWithFreshKeys(std::string_view text, const RefreshKeys& refresh, Verify verify,
                         Then then) {
  auto claims = verify(text);
  if (claims || claims.error() != TokenError::kNewerKey) return then(Conceal(std::move(claims)));
  refresh([text = std::string(text), verify = std::move(verify),
           then = std::move(then)](Result<void, KeyringError> refreshed) mutable {
    if (!refreshed) return then(std::unexpected(AuthError::kUnavailable));
    then(Conceal(verify(text)));
  });
}

}  // namespace

void Authenticator::CheckAccessToken(std::string_view token,
                                     Completion<SessionOwner, AuthError> done) const {
  const auto verify = [this](std::string_view text) {
    return VerifyAccessToken(keyring_, text, clock_.Now());
  };
  VerifyWithFreshKeys(
      token, refresh_, verify,
      [this, done = std::move(done)](Result<AccessClaims, AuthError> claims) mutable {
        if (!claims) return done(std::unexpected(claims.error()));
        sessions_.FindActive(
            claims->owner.session_id,
            [claimed = claims->owner.user_id, done = std::move(done)](auto owner) mutable {
              if (!owner) return done(std::unexpected(Translate(owner.error())));
              if (owner->user_id != claimed) {
                return done(std::unexpected(AuthError::kUnauthenticated));
              }
              done(*owner);
            });
      });
}

void Authenticator::CheckTicket(std::string_view ticket,
                                Completion<SessionOwner, AuthError> done) const {
  const auto verify = [this](std::string_view text) {
    return VerifyTicket(keyring_, text, clock_.Now());
  };
  VerifyWithFreshKeys(ticket, refresh_, verify,
                      [this, done = std::move(done)](Result<TicketUse, AuthError> use) mutable {
                        if (!use) return done(std::unexpected(use.error()));
                        sessions_.ConsumeTicket(*use, [done = std::move(done)](auto owner) mutable {
                          if (!owner) return done(std::unexpected(Translate(owner.error())));
                          done(*owner);
                        });
                      });
}

}  // namespace chat::auth
