// What an operator looks at in the embedded store.
#pragma once

#include <optional>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/inspection.h"
#include "server/sqlite/database.h"

namespace chat::sqlite {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Inspection final : public chat::Inspection {
 public:
  Inspection(Database& database, Executor& home) : database_(database), home_(home) {}

  void Trace(TraceRequest request, Completion<MessageTrace, ViewError> done) override;
  void NextConversation(UserId user, ConversationId after,
                        Completion<std::optional<ConversationId>, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::sqlite
