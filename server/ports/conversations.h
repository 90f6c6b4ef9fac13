// Port: conversations and who is in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "server/ports/messages.h"

namespace chat {

enum class ConversationKind { kDirect, kGroup };
enum class Role { kOwner, kAdmin, kMember };

// What all members see of a conversation.
struct Conversation {
  ConversationId conversation_id;
  ConversationKind kind = ConversationKind::kDirect;
  std::string name;  // empty for direct
  std::int32_t members_count = 0;
  Seq last_seq;
  Change last_change;
  UnixTime created_at;
};

// A conversation as one member sees it.
struct ConversationView {
  Conversation conversation;
  std::optional<User> peer;  // direct only: the other side
  Role my_role = Role::kMember;
  Seq my_read_seq;
  std::int32_t unread_count = 0;  // texts of others after my_read_seq, counted to 1,000
  std::optional<Entry> last_message;
  UnixTime last_activity_at;  // of the last entry, or the creation
  std::optional<UnixTime> muted_until;
  bool archived = false;
};

// Where a page of ConversationView starts: right after this one, in (last_activity_at, id)
// descending.
struct ConversationCursor {
  UnixTime last_activity_at;
  ConversationId conversation_id;
};

struct ConversationPageRequest {
  UserId viewer;
  std::optional<ConversationCursor> after;
  int limit = 0;
};

struct OpenedConversation {
  ConversationView view;
  bool created = false;
};

// Someone to whom entries go up to the one that removed them.
struct FormerMember {
  UserId user_id;
  Seq left_seq;
};

// To whom entries go.
struct MemberList {
  Seq members_seq;                   // the entry that last changed the membership
  std::vector<UserId> members;       // ascending
  std::vector<FormerMember> former;  // by ascending left_seq
};

enum class OpenConversationError { kNotContacts, kUnavailable };

// Thread: called on one shard, completes on it.
class Conversations {
 public:
  virtual ~Conversations() = default;

  // The direct conversation of two contacts; the first call creates it and publishes a UserChange
  // for both.
  virtual void OpenDirect(UserId opener, UserId peer,
                          Completion<OpenedConversation, OpenConversationError> done) = 0;

  virtual void Find(UserId viewer, ConversationId conversation,
                    Completion<ConversationView, ViewError> done) = 0;

  // Newest activity first.
  virtual void List(ConversationPageRequest page,
                    Completion<std::vector<ConversationView>, ReadError> done) = 0;

  // Those of now, and those whom an entry above `after` removed.
  virtual void ListMembers(ConversationId conversation, Seq after,
                           Completion<MemberList, ViewError> done) = 0;
};

}  // namespace chat
