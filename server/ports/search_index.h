// Port: the index that Search reads. It follows the conversations: for each it knows up to which
// entry and which change it has come, and takes what is next in the order of the conversation.
// Entries are numbered under the conversation's lock, so none is ever committed behind what was
// taken, and a conversation is up to date when it has come to both heads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"

namespace chat {

// Some conversations by ascending id.
struct BehindPage {
  std::vector<ConversationId> behind;  // of those looked at
  std::optional<ConversationId> next;  // where the next page starts: after this; nothing: the end
};

struct IndexedBatch {
  std::uint64_t entries = 0;
  std::vector<ConversationId> behind = {};  // those not brought to their heads
};

// Thread: called on one executor, completes on it.
class SearchIndex {
 public:
  virtual ~SearchIndex() = default;

  // Which of the next conversations are not up to date.
  // Limits: looks at 1,000.
  virtual void FindBehind(ConversationId after, Completion<BehindPage, ReadError> done) = 0;

  // Takes what is next of these conversations, and remembers with it how far it came; after a crash
  // both are there or neither is. What is up to date, or in work on another node, is left.
  // Limits: 100 conversations; of all together a few hundred entries and 4 MiB of text, but at
  // least one.
  virtual void Update(std::vector<ConversationId> conversations,
                      Completion<IndexedBatch, ReadError> done) = 0;
};

}  // namespace chat
