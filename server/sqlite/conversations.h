// Conversations and their members in the embedded store.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/conversations.h"
#include "server/ports/executor.h"
#include "server/sqlite/database.h"

namespace chat::sqlite {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Conversations final : public chat::Conversations {
 public:
  Conversations(Database& database, Executor& home) : database_(database), home_(home) {}

  void OpenDirect(UserId opener, UserId peer,
                  Completion<OpenedConversation, OpenConversationError> done) override;
  void Find(UserId viewer, ConversationId conversation,
            Completion<ConversationView, ViewError> done) override;
  void List(ConversationPageRequest page,
            Completion<std::vector<ConversationView>, ReadError> done) override;
  void ListMembers(ConversationId conversation, Seq after,
                   Completion<MemberList, ViewError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::sqlite
