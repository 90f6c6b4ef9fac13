// The suite of the port Blocks.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/blocks.h"
#include "server/ports/completion.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

class BlocksContract : public ContactsContract {
 protected:
  Result<void, BlockError> Block(UserId blocker, UserId blocked);
  Result<void, BlockError> Unblock(UserId blocker, UserId blocked);
  std::vector<UserId> ListBlocked(UserId blocker, UserId after = {}, int limit = 100);
};

}  // namespace chat::contracts
