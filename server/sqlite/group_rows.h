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
#include "server/sqlite/connection.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

// A conversation as who acts in it finds it.
struct GroupStanding {
  Conversation conversation;
  Seq members_seq;
  Role actor_role = Role::kMember;
};

// Empty when there is no such conversation or the actor is not in it.
std::optional<GroupStanding> FindStanding(Connection& connection, const GroupAct& act);

// Begins the entries of what the actor does now.
GroupEntries EntriesOf(const GroupAct& act, const GroupStanding& standing, UnixTime now);

std::optional<Conversation> FindConversation(Connection& connection, ConversationId conversation);

// Empty when the user is not in it.
std::optional<Member> FindMember(Connection& connection, ConversationId conversation, UserId user);
std::optional<Role> FindRole(Connection& connection, ConversationId conversation, UserId user);
std::vector<Member> ReadMembers(Connection& connection, const MemberPageRequest& page);
std::vector<UserId> ReadMemberIds(Connection& connection, ConversationId conversation);

// Whether an owner other than `user` is in it.
bool HasOtherOwner(Connection& connection, ConversationId conversation, UserId user);

struct Membership {
  UserId user_id;
  Role role = Role::kMember;
  Seq joined_seq;
};

// Also of someone who was in it before. All up to their coming counts as read.
void Join(Connection& connection, ConversationId conversation, const Membership& joining);

void SetRole(Connection& connection, ConversationId conversation, const NewRole& change);
void Leave(Connection& connection, ConversationId conversation, UserId user, Seq left_seq);

// Stores the entries, moves the conversation's positions and adds to the batch. `gained`: how many
// members more there are.
void StoreEntries(WriteTransaction& transaction, const GroupEntries& entries, std::int64_t gained);

// Tells each of the users the same of the conversation as it is now.
void TellUsers(WriteTransaction& transaction, const std::vector<UserId>& users,
               ConversationEvent event, ConversationId conversation);

}  // namespace chat::sqlite
