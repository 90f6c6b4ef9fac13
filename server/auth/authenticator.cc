#include "server/auth/authenticator.h"

#include <cstdlib>
#include <expected>
#include <utility>

#include "server/auth/access_token.h"
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

}  // namespace

void Authenticator::CheckAccessToken(std::string_view token,
                                     Completion<SessionOwner, AuthError> done) const {
  const auto claims = VerifyAccessToken(keyring_, token, clock_.Now());
  if (!claims) return done(std::unexpected(AuthError::kUnauthenticated));
  sessions_.FindActive(claims->owner.session_id, [claimed = claims->owner.user_id,
                                                  done = std::move(done)](auto owner) mutable {
    if (!owner) return done(std::unexpected(Translate(owner.error())));
    if (owner->user_id != claimed) return done(std::unexpected(AuthError::kUnauthenticated));
    done(*owner);
  });
}

void Authenticator::CheckTicket(std::string_view ticket,
                                Completion<SessionOwner, AuthError> done) const {
  const auto use = VerifyTicket(keyring_, ticket, clock_.Now());
  if (!use) return done(std::unexpected(AuthError::kUnauthenticated));
  sessions_.ConsumeTicket(*use, [done = std::move(done)](auto owner) mutable {
    if (!owner) return done(std::unexpected(Translate(owner.error())));
    done(*owner);
  });
}

}  // namespace chat::auth
