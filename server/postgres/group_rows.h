// Groups and their members as rows: what Groups reads and writes, without deciding anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/bus.h"
#include "server/ports/conversations.h"
#include "server/ports/group_entries.h"
#include "server/ports/groups.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

// A conversation as who acts in it finds it.
struct GroupStanding {
  Conversation conversation;
  Seq members_seq;
  Role actor_role = Role::kMember;
};

// Locks the conversation until the transaction ends; the users that the change tells of are locked
// already. Empty when there is no such conversation or the actor is not in it.
std::optional<GroupStanding> LockStanding(Transaction& transaction, const GroupAct& act);

// Begins the entries of what the actor does now.
GroupEntries EntriesOf(const GroupAct& act, const GroupStanding& standing, UnixTime now);

// Empty when the user is not in it.
std::optional<Role> FindRole(Transaction& transaction, ConversationId conversation, UserId user);
std::vector<Member> ReadMembers(Transaction& transaction, const MemberPageRequest& page);
// Those of the users who are in it, by ascending id.
std::vector<Member> ReadMembersAmong(Transaction& transaction, ConversationId conversation,
                                     const std::vector<UserId>& users);
std::vector<UserId> ReadMemberIds(Transaction& transaction, ConversationId conversation);

// Locks the users who are in it now; nothing keeps others from joining meanwhile.
std::vector<UserId> LockMembers(Transaction& transaction, ConversationId conversation);

// Whether an owner other than `user` is in it.
bool HasOtherOwner(Transaction& transaction, ConversationId conversation, UserId user);

// Also of those who were in it before; user i comes by entry i. All up to their coming counts as
// read.
void Join(Transaction& transaction, ConversationId conversation, const std::vector<UserId>& users,
          const std::vector<Seq>& joined_seqs);

void SetRole(Transaction& transaction, ConversationId conversation, const NewRole& change);
void Leave(Transaction& transaction, ConversationId conversation, UserId user, Seq left_seq);

// Stores the entries, moves the conversation's positions and adds to the batch. `gained`: how many
// members more there are.
void StoreEntries(ChangeTransaction& transaction, const GroupEntries& entries, std::int64_t gained);

// Tells each of the users the same of the conversation as it is now.
void TellUsers(ChangeTransaction& transaction, const std::vector<UserId>& users,
               ConversationEvent event, ConversationId conversation);

}  // namespace chat::postgres
