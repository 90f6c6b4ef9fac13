// The suite of the ports Search and SearchIndex.
#pragma once

#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/message_changes.h"
#include "server/ports/search.h"
#include "server/ports/search_index.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

class SearchContract : public StoreContract {
 protected:
  SearchPage Find(SearchRequest request);
  // All pages of `limit`.
  std::vector<std::string> TextsFound(UserId viewer, std::vector<std::string> tokens,
                                      int limit = 50);
  IndexedBatch Update(std::vector<ConversationId> conversations);
  BehindPage FindBehind(ConversationId after = {});
  // Until nothing is behind.
  void Index();
  void Edit(EditRequest edit);
  void Delete(DeleteRequest deletion);
  void React(ReactRequest reaction);
};

}  // namespace chat::contracts
