#include "server/sqlite/conversations.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/ports/bus.h"
#include "server/ports/contacts.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/contact_states.h"
#include "server/sqlite/conversation_views.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_changes.h"
#include "server/sqlite/user_rows.h"

namespace chat::sqlite {
namespace {

using OpenResult = Result<OpenedConversation, OpenConversationError>;

std::optional<ConversationId> FindDirect(Connection& connection, UserId one, UserId other) {
  Statement row(connection,
                "SELECT conversation_id FROM direct_conversations "
                "WHERE user_lo = ?1 AND user_hi = ?2",
                std::min(one, other), std::max(one, other));
  if (!row.Step()) return std::nullopt;
  return row.Get<ConversationId>(0);
}

void InsertMember(Connection& connection, ConversationId conversation, UserId user) {
  Statement(connection,
            "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq) "
            "VALUES (?1, ?2, 'member', 0)",
            conversation, user)
      .Run();
}

ConversationId CreateDirect(WriteTransaction& transaction, UserId one, UserId other) {
  const auto id = transaction.ids.Next<ConversationId>(transaction.now);
  Statement(transaction.connection,
            "INSERT INTO conversations (conversation_id, kind, created_at, members_count, "
            "last_activity) VALUES (?1, 'direct', ?2, 2, ?2)",
            id, transaction.now)
      .Run();
  InsertMember(transaction.connection, id, one);
  InsertMember(transaction.connection, id, other);
  Statement(transaction.connection,
            "INSERT INTO direct_conversations (user_lo, user_hi, conversation_id) "
            "VALUES (?1, ?2, ?3)",
            std::min(one, other), std::max(one, other), id)
      .Run();
  return id;
}

void TellGained(WriteTransaction& transaction, UserId user, const ConversationView& view,
                const std::optional<User>& peer) {
  AddUserChange(
      transaction, user,
      ConversationChanged{
          .event = ConversationEvent::kGained, .conversation = view.conversation, .peer = peer});
}

OpenResult OpenDirectConversation(WriteTransaction& transaction, UserId opener, UserId peer) {
  Connection& connection = transaction.connection;
  if (FindContactState(connection, opener, peer) != ContactState::kContact) {
    return std::unexpected(OpenConversationError::kNotContacts);
  }
  const std::optional<ConversationId> existing = FindDirect(connection, opener, peer);
  const ConversationId id = existing ? *existing : CreateDirect(transaction, opener, peer);
  // It fails only where SQLite fails.
  std::optional<ConversationView> view = FindView(connection, opener, id);
  if (!view) return std::unexpected(OpenConversationError::kUnavailable);
  if (!existing) {
    TellGained(transaction, opener, *view, view->peer);
    TellGained(transaction, peer, *view, FindUser(connection, opener));
  }
  return OpenedConversation{.view = *std::move(view), .created = !existing};
}

// By position, so that nobody who left reads on, and nobody misses what came before they left.
std::vector<FormerMember> LoadFormer(Connection& connection, ConversationId conversation,
                                     Seq after) {
  Statement rows(connection,
                 "SELECT user_id, left_seq FROM conversation_members "
                 "WHERE conversation_id = ?1 AND left_seq > ?2 ORDER BY left_seq",
                 conversation, after);
  std::vector<FormerMember> former;
  while (rows.Step()) {
    former.push_back({.user_id = rows.Get<UserId>(0), .left_seq = rows.Get<Seq>(1)});
  }
  return former;
}

Result<MemberList, ViewError> LoadMembers(Connection& connection, ConversationId conversation,
                                          Seq after) {
  Statement head(connection, "SELECT members_seq FROM conversations WHERE conversation_id = ?1",
                 conversation);
  if (!head.Step()) return std::unexpected(ViewError::kNotFound);
  MemberList list{.members_seq = head.Get<Seq>(0),
                  .members = {},
                  .former = LoadFormer(connection, conversation, after)};
  Statement rows(connection,
                 "SELECT user_id FROM conversation_members "
                 "WHERE conversation_id = ?1 AND left_seq IS NULL ORDER BY user_id",
                 conversation);
  while (rows.Step()) list.members.push_back(rows.Get<UserId>(0));
  return list;
}

}  // namespace

void Conversations::OpenDirect(UserId opener, UserId peer,
                               Completion<OpenedConversation, OpenConversationError> done) {
  database_.Write(home_, std::move(done), [opener, peer](WriteTransaction& transaction) {
    return OpenDirectConversation(transaction, opener, peer);
  });
}

void Conversations::Find(UserId viewer, ConversationId conversation,
                         Completion<ConversationView, ViewError> done) {
  database_.Read(
      home_, std::move(done),
      [viewer, conversation](ReadTransaction& transaction) -> Result<ConversationView, ViewError> {
        std::optional<ConversationView> view =
            FindView(transaction.connection, viewer, conversation);
        if (!view) return std::unexpected(ViewError::kNotFound);
        return *std::move(view);
      });
}

void Conversations::List(ConversationPageRequest page,
                         Completion<std::vector<ConversationView>, ReadError> done) {
  database_.Read(
      home_, std::move(done),
      [page](ReadTransaction& transaction) -> Result<std::vector<ConversationView>, ReadError> {
        return ListViews(transaction.connection, page);
      });
}

void Conversations::ListMembers(ConversationId conversation, Seq after,
                                Completion<MemberList, ViewError> done) {
  database_.Read(home_, std::move(done), [conversation, after](ReadTransaction& transaction) {
    return LoadMembers(transaction.connection, conversation, after);
  });
}

}  // namespace chat::sqlite
