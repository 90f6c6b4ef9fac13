// Groups in PostgreSQL.
#pragma once

#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/groups.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Groups final : public chat::Groups {
 public:
  Groups(Database& database, Executor& home) : database_(database), home_(home) {}

  void Create(NewGroup group, Completion<ConversationView, GroupError> done) override;
  void Rename(GroupAct act, std::string name,
              Completion<ConversationView, GroupError> done) override;
  void Add(GroupAct act, std::vector<UserId> users,
           Completion<std::vector<Member>, GroupError> done) override;
  void Remove(GroupAct act, UserId subject, Completion<void, GroupError> done) override;
  void ChangeRole(GroupAct act, NewRole change, Completion<Member, GroupError> done) override;
  void ListMembers(MemberPageRequest page,
                   Completion<std::vector<Member>, ViewError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
