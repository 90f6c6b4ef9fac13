// What the API's handlers work with; all of it belongs to one shard or is safe from any.
#pragma once

#include <functional>

#include "protocol/ids.h"
#include "server/auth/authenticator.h"
#include "server/auth/credential_issuer.h"
#include "server/auth/password_hasher.h"
#include "server/ports/accounts.h"
#include "server/ports/blocks.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/executor.h"
#include "server/ports/groups.h"
#include "server/ports/marks.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"
#include "server/ports/rate_limits.h"
#include "server/ports/search.h"
#include "server/ports/sessions.h"
#include "server/ports/updates.h"

namespace chat::http {

// Lifetime: everything referred to outlives the API.
struct ApiPorts {
  Executor& home;  // the shard's
  Accounts& accounts;
  Sessions& sessions;
  Contacts& contacts;
  Blocks& blocks;
  Conversations& conversations;
  Groups& groups;
  Messages& messages;
  Marks& marks;
  Updates& updates;
  MessageChanges& message_changes;
  Search& search;
  PresenceRecords& presence_records;
  RateLimits& rate_limits;
  const auth::Authenticator& authenticator;
  const auth::CredentialIssuer& issuer;
  const auth::PasswordHasher& hasher;
  std::function<bool(UserId)> is_online;
};

}  // namespace chat::http
