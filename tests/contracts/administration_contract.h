// The suite of what only an operator asks of the storage ports.
#pragma once

#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "server/ports/inspection.h"
#include "server/ports/sessions.h"
#include "server/ports/signing_keys.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

class AdministrationContract : public StoreContract {
 protected:
  // As after a login with the password that has this hash.
  Result<RefreshedSession, OpenSessionError> OpenSession(UserId user, const std::string& hash);
  // Of a user as AddUser makes them.
  SessionId OpenSession(UserId user, const std::string& name, int token);
  bool IsActive(SessionId session);
  Result<Account, ViewError> Disable(UserId user);
  Result<Account, ViewError> Enable(UserId user);
  Result<Account, ViewError> ResetPassword(UserId user, const std::string& hash);
  std::vector<StoredSigningKey> LoadKeys();
  std::vector<StoredSigningKey> Rotate(const std::string& material);
  Result<MessageTrace, ViewError> Trace(MessageId message, int members_max = 100);
  std::vector<ConversationId> ConversationsEver(UserId user);
};

}  // namespace chat::contracts
