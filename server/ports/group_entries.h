// The entries that one change of a group makes, numbered. Pure: the stores keep them, under the
// lock that makes the numbers theirs.
#pragma once

#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/conversations.h"
#include "server/ports/messages.h"

namespace chat {

class GroupEntries {
 public:
  // Where the group stands before the change, who makes it and when.
  struct Start {
    ConversationId conversation_id;
    Seq last_seq;
    Seq members_seq;
    UserId author;
    UnixTime now;
  };

  explicit GroupEntries(Start start) : start_(start), last_seq_(start.last_seq) {}

  // Each answers the seq of the entry it adds.
  Seq AddCreated(std::string name);
  Seq AddRenamed(std::string name);
  Seq AddMemberAdded(UserId subject, Role role);
  Seq AddMemberRemoved(UserId subject);
  Seq AddRoleChanged(UserId subject, Role role);

  // In order; they have no message_id yet.
  const std::vector<Entry>& all() const { return entries_; }
  ConversationId conversation_id() const { return start_.conversation_id; }
  UnixTime now() const { return start_.now; }

  // Where the group stands after the change.
  Seq last_seq() const { return last_seq_; }
  Seq members_seq() const { return start_.members_seq; }

 private:
  Entry& Add(EntryKind kind);

  Start start_;
  Seq last_seq_;
  std::vector<Entry> entries_;
};

}  // namespace chat
