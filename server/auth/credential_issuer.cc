#include "server/auth/credential_issuer.h"

#include "protocol/limits.h"
#include "server/auth/access_token.h"
#include "server/auth/ticket.h"

namespace chat::auth {

IssuedCredential CredentialIssuer::AccessToken(SessionOwner owner) const {
  const UnixTime expires_at = clock_.Now() + kAccessTokenLifetime;
  return {.text = IssueAccessToken(keyring_, {.owner = owner, .expires_at = expires_at}),
          .expires_at = expires_at};
}

IssuedCredential CredentialIssuer::Ticket(SessionId session) const {
  TicketUse use{.nonce = {}, .session_id = session, .expires_at = clock_.Now() + kTicketLifetime};
  random_.Fill(use.nonce);
  return {.text = IssueTicket(keyring_, use), .expires_at = use.expires_at};
}

}  // namespace chat::auth
