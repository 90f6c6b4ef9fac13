// The suite of the port Groups, whose tests stand in two files.
#pragma once

#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/conversations.h"
#include "server/ports/groups.h"
#include "server/ports/messages.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {

class GroupsContract : public StoreContract {
 protected:
  Result<ConversationView, GroupError> Create(UserId creator, std::vector<UserId> others);
  Result<ConversationView, GroupError> Rename(GroupAct act, std::string name);
  Result<std::vector<Member>, GroupError> Add(GroupAct act, std::vector<UserId> users);
  Result<void, GroupError> Remove(GroupAct act, UserId subject);
  Result<Member, GroupError> ChangeRole(GroupAct act, NewRole change);
  Result<std::vector<Member>, ViewError> List(MemberPageRequest page);

  // A group of the first, its owner, and the others; what the bus was told of it is forgotten.
  ConversationId MadeOfContacts(const std::vector<UserId>& users);
  // Makes the others contacts of the first before.
  ConversationId Made(const std::vector<UserId>& users);
  MemberList Recipients(ConversationId group, Seq after = {});
  Result<ConversationView, ViewError> Find(UserId viewer, ConversationId group);
  std::vector<Entry> Entries(ConversationId group);
};

}  // namespace chat::contracts
