// How a page of updates is put together from what a store can look up; the same for all stores.
// Used by the adapters of the port Updates.
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/updates.h"

namespace chat {

enum class ChangeKind { kContact, kBlock, kConversation, kRead };

// One row of a user's changes.
struct ChangedThing {
  Change change;
  ChangeKind kind = ChangeKind::kContact;
  std::int64_t subject_id = 0;  // a user or a conversation
};

struct HeadPosition {
  ConversationId conversation_id;
  Seq last_seq;
  Change last_change;
};

// Looks up one user's things in a store.
class UpdateSource {
 public:
  virtual ~UpdateSource() = default;

  virtual Change LastChange() = 0;
  // Ascending by change.
  virtual std::vector<ChangedThing> ChangesAfter(Change after, int limit) = 0;
  // Of all conversations, in any order.
  virtual std::vector<HeadPosition> Positions() = 0;

  // Those of the named that the user has, in any order.
  virtual std::vector<Contact> ContactsOf(const std::vector<UserId>& users) = 0;
  virtual std::vector<User> BlocksOf(const std::vector<UserId>& users) = 0;
  virtual std::vector<ConversationView> ViewsOf(const std::vector<ConversationId>& ids) = 0;
  virtual std::vector<ConversationHead> HeadsOf(const std::vector<ConversationId>& ids) = 0;

  // Ids after `after`, ascending.
  virtual std::vector<UserId> ContactIds(UserId after, int limit) = 0;
  virtual std::vector<UserId> BlockIds(UserId after, int limit) = 0;
  virtual std::vector<ConversationId> ConversationIds(ConversationId after, int limit) = 0;
};

UpdatePage ReadUpdates(UpdateSource& source, const UpdateRequest& request);

HeadPrints PrintsOf(const std::vector<HeadPosition>& heads);

}  // namespace chat
