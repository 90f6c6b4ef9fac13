// The suite of Accounts::Erase, which reaches into what the other ports keep.
#pragma once

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "tests/contracts/groups_contract.h"

namespace chat::contracts {

class ErasureContract : public GroupsContract {
 protected:
  Result<Erasure, ViewError> EraseSome(UserId user);
  void Erase(UserId user);
  Result<Account, ViewError> FindById(UserId user);
  // Who is in the group, as one of them sees it.
  std::vector<Member> MembersOf(ConversationId group, UserId viewer);
};

}  // namespace chat::contracts
