#include "server/postgres/conversations.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/ports/bus.h"
#include "server/ports/contacts.h"
#include "server/postgres/contact_states.h"
#include "server/postgres/conversation_views.h"
#include "server/postgres/transaction.h"
#include "server/postgres/user_changes.h"

namespace chat::postgres {
namespace {

using OpenResult = Result<OpenedConversation, OpenConversationError>;
using OpenDone = Completion<OpenedConversation, OpenConversationError>;

std::optional<ConversationId> FindDirect(Transaction& transaction, UserId one, UserId other) {
  const pqxx::result rows = transaction.Run(
      "SELECT conversation_id FROM direct_conversations "
      "WHERE user_lo = $1 AND user_hi = $2",
      std::min(one, other), std::max(one, other));
  if (rows.empty()) return std::nullopt;
  return rows[0][0].as<ConversationId>();
}

ConversationId CreateDirect(ChangeTransaction& transaction, UserId one, UserId other) {
  const auto id = transaction.ids.Next<ConversationId>(transaction.now);
  const UserId lo = std::min(one, other);
  const UserId hi = std::max(one, other);
  transaction.Run(
      "INSERT INTO conversations (conversation_id, kind, created_at, members_count, "
      "last_activity) VALUES ($1, 'direct', $2, 2, $2)",
      id, transaction.now);
  transaction.Run(
      "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq) "
      "VALUES ($1, $2, 'member', 0), ($1, $3, 'member', 0)",
      id, lo, hi);
  transaction.Run(
      "INSERT INTO direct_conversations (user_lo, user_hi, conversation_id) "
      "VALUES ($1, $2, $3)",
      lo, hi, id);
  return id;
}

void TellGained(ChangeTransaction& transaction, UserId user, const ConversationView& view,
                const User& peer) {
  AddUserChange(
      transaction, user,
      ConversationChanged{
          .event = ConversationEvent::kGained, .conversation = view.conversation, .peer = peer});
}

// The lock on both users lets one of any number of openers create it; should one ever get past,
// the key of direct_conversations refuses the second.
OpenResult OpenDirectConversation(ChangeTransaction& transaction, UserId opener, UserId peer) {
  const std::optional<Pair> pair = LockPair(transaction, opener, peer);
  if (!pair || FindContactState(transaction, opener, peer) != ContactState::kContact) {
    return std::unexpected(OpenConversationError::kNotContacts);
  }
  const std::optional<ConversationId> existing = FindDirect(transaction, opener, peer);
  const ConversationId id = existing ? *existing : CreateDirect(transaction, opener, peer);
  std::optional<ConversationView> view = FindView(transaction, opener, id);
  // Both are members for ever.
  if (!view) return std::unexpected(OpenConversationError::kUnavailable);
  if (!existing) {
    TellGained(transaction, opener, *view, pair->other);
    TellGained(transaction, peer, *view, pair->one);
  }
  return OpenedConversation{.view = *std::move(view), .created = !existing};
}

// Empty when it has to be created first.
using FoundDirect = std::optional<OpenedConversation>;

Result<FoundDirect, OpenConversationError> FindOpened(Transaction& transaction, UserId opener,
                                                      UserId peer) {
  if (FindContactState(transaction, opener, peer) != ContactState::kContact) {
    return std::unexpected(OpenConversationError::kNotContacts);
  }
  const std::optional<ConversationId> existing = FindDirect(transaction, opener, peer);
  if (!existing) return FoundDirect();
  std::optional<ConversationView> view = FindView(transaction, opener, *existing);
  if (!view) return FoundDirect();
  return OpenedConversation{.view = *std::move(view), .created = false};
}

// The head and its members are one statement: a list that is older or newer than its members_seq
// would send entries to the wrong people.
Result<MemberList, ViewError> LoadMembers(Transaction& transaction, ConversationId conversation,
                                          Seq after) {
  const pqxx::result rows = transaction.Run(
      "SELECT c.members_seq, m.user_id, m.left_seq FROM conversations c "
      "LEFT JOIN conversation_members m ON m.conversation_id = c.conversation_id "
      "AND (m.left_seq IS NULL OR m.left_seq > $2) "
      "WHERE c.conversation_id = $1 ORDER BY m.left_seq, m.user_id",
      conversation, after);
  if (rows.empty()) return std::unexpected(ViewError::kNotFound);
  MemberList list{.members_seq = rows[0][0].as<Seq>(), .members = {}, .former = {}};
  for (const pqxx::row& row : rows) {
    if (row[1].is_null()) continue;
    const auto user = row[1].as<UserId>();
    if (row[2].is_null()) {
      list.members.push_back(user);
    } else {
      list.former.push_back({.user_id = user, .left_seq = row[2].as<Seq>()});
    }
  }
  return list;
}

}  // namespace

// Most calls find what is there, and those need no lock; only what is missing is a change.
void Conversations::OpenDirect(UserId opener, UserId peer, OpenDone done) {
  auto create = [&database = database_, &home = home_, opener, peer,
                 done = std::move(done)](Result<FoundDirect, OpenConversationError> found) mutable {
    if (!found) return done(std::unexpected(found.error()));
    if (*found) return done(**std::move(found));
    database.Change(home, std::move(done), [opener, peer](ChangeTransaction& transaction) {
      return OpenDirectConversation(transaction, opener, peer);
    });
  };
  database_.Read(
      home_, Completion<FoundDirect, OpenConversationError>(std::move(create)),
      [opener, peer](Transaction& transaction) { return FindOpened(transaction, opener, peer); });
}

void Conversations::Find(UserId viewer, ConversationId conversation,
                         Completion<ConversationView, ViewError> done) {
  database_.Read(
      home_, std::move(done),
      [viewer, conversation](Transaction& transaction) -> Result<ConversationView, ViewError> {
        std::optional<ConversationView> view = FindView(transaction, viewer, conversation);
        if (!view) return std::unexpected(ViewError::kNotFound);
        return *std::move(view);
      });
}

void Conversations::List(ConversationPageRequest page,
                         Completion<std::vector<ConversationView>, ReadError> done) {
  database_.Read(
      home_, std::move(done),
      [page](Transaction& transaction) -> Result<std::vector<ConversationView>, ReadError> {
        return ListViews(transaction, page);
      });
}

void Conversations::ListMembers(ConversationId conversation, Seq after,
                                Completion<MemberList, ViewError> done) {
  database_.Read(home_, std::move(done), [conversation, after](Transaction& transaction) {
    return LoadMembers(transaction, conversation, after);
  });
}

}  // namespace chat::postgres
