// The suites of the ports Marks and Updates: what users read, and what they catch up with.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/marks.h"
#include "server/ports/updates.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

class MarksContract : public StoreContract {
 protected:
  std::vector<MarksMoved> Advance(std::vector<Mark> marks);
  std::vector<UserId> FindListeners(UserId user, ConversationId conversation);
  Result<std::vector<Reader>, ViewError> ListReaders(ReaderPageRequest page);
  Result<ConversationView, ViewError> Set(MemberSettings settings);
  ConversationView View(UserId viewer, ConversationId conversation);
};

class UpdatesContract : public StoreContract {
 protected:
  UpdatePage ReadPage(UserId viewer, const UpdatePoint& after, int limit);
  // All pages up to the last as one, which a client that has asked again and again has then seen.
  UpdatePage ReadAll(UserId viewer, const UpdatePoint& after, int limit);
  void ReadUpTo(UserId reader, ConversationId conversation, Seq seq);
};

}  // namespace chat::contracts
