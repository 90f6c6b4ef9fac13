// The suite of the port MessageChanges.
#pragma once

#include <string>

#include "protocol/ids.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "tests/contracts/groups_contract.h"

namespace chat::contracts {

class MessageChangesContract : public GroupsContract {
 protected:
  // The entry's last change.
  using Changed = Result<EntryChanged, ChangeError>;

  Changed Edit(UserId editor, Seq seq, const std::string& text);
  Changed Delete(UserId deleter, Seq seq);
  Changed React(UserId reactor, Seq seq, const std::string& emoji, bool on = true);
  // The entry as `viewer` sees it; an empty one, and a failed test, when there is none.
  Entry See(UserId viewer, Seq seq);
  // What changed after `after`, of entries up to `seq`.
  EntryPage SeeChanged(UserId viewer, Seq seq, Change after, int limit = 100);

  // What the calls above are about.
  ConversationId conversation_;
};

}  // namespace chat::contracts
