// Port: groups and who is in them. Reading a conversation, whatever its kind, is Conversations'.
#pragma once

#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "server/ports/conversations.h"

namespace chat {

struct Member {
  User user;
  Role role = Role::kMember;
  Seq joined_seq;
  Seq read_seq;
  Seq delivered_seq;
};

struct NewGroup {
  UserId creator;
  std::string name;
  std::vector<UserId> member_ids;  // in any order; the creator need not be among them
};

// Who does something to which conversation.
struct GroupAct {
  UserId actor;
  ConversationId conversation_id;
};

struct NewRole {
  UserId subject;
  Role role = Role::kMember;
};

// Members by ascending id, from the one after `after`.
struct MemberPageRequest {
  UserId viewer;
  ConversationId conversation_id;
  UserId after;
  int limit = 0;
};

enum class GroupError {
  kNotFound,           // no such conversation, the actor is not in it, or the subject is not
  kForbidden,          // MayDo says no; also of everything in a direct conversation
  kNotContacts,        // someone who is to be added is no contact of the actor, or nobody
  kFull,               // more than kGroupMembersMax
  kOwnerMustTransfer,  // the only owner would go, or stop being one, and leave others behind
  kUnavailable,
};

// Each change stores its entries, numbered under the conversation's lock, in the transaction that
// makes it, and publishes the CommitBatch that holds them before it completes. What is so already
// is no change and makes no entry, so a call may be repeated.
//
// Thread: called on one shard, completes on it.
class Groups {
 public:
  virtual ~Groups() = default;

  // The creator is its owner. Entries: `created`, then a `member_added` for each other member, by
  // ascending id. A UserChange (gained) for all.
  virtual void Create(NewGroup group, Completion<ConversationView, GroupError> done) = 0;

  // Entry: `renamed`. A UserChange (changed) for all members.
  virtual void Rename(GroupAct act, std::string name,
                      Completion<ConversationView, GroupError> done) = 0;

  // All of them or none. Answers them as members, by ascending id. Entries: a `member_added` for
  // each who was not in it. A UserChange (gained) for each of those, who starts with all that was
  // said before as read.
  virtual void Add(GroupAct act, std::vector<UserId> users,
                   Completion<std::vector<Member>, GroupError> done) = 0;

  // Leaving is removing oneself. Entry: `member_removed`. A UserChange (lost) for the subject.
  virtual void Remove(GroupAct act, UserId subject, Completion<void, GroupError> done) = 0;

  // Entry: `role_changed`. A UserChange (changed) for the subject.
  virtual void ChangeRole(GroupAct act, NewRole change, Completion<Member, GroupError> done) = 0;

  // Of a conversation of any kind.
  virtual void ListMembers(MemberPageRequest page,
                           Completion<std::vector<Member>, ViewError> done) = 0;
};

}  // namespace chat
