#include "server/sqlite/updates.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/limits.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/contact_states.h"
#include "server/sqlite/conversation_views.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_rows.h"
#include "server/updates/update_reader.h"

namespace chat::sqlite {
namespace {

ChangeKind ChangeKindFrom(std::string_view word) {
  if (word == "contact") return ChangeKind::kContact;
  if (word == "block") return ChangeKind::kBlock;
  return word == "read" ? ChangeKind::kRead : ChangeKind::kConversation;
}

// All of one page is read from one snapshot.
class Source final : public UpdateSource {
 public:
  Source(Connection& connection, UserId viewer) : connection_(connection), viewer_(viewer) {}

  Change LastChange() override {
    Statement row(connection_, "SELECT last_change FROM users WHERE user_id = ?1", viewer_);
    return row.Step() ? row.Get<Change>(0) : Change();
  }

  std::vector<ChangedThing> ChangesAfter(Change after, int limit) override {
    Statement rows(connection_,
                   "SELECT change, kind, subject_id FROM user_changes "
                   "WHERE user_id = ?1 AND change > ?2 ORDER BY change LIMIT ?3",
                   viewer_, after, PageLimit(limit));
    std::vector<ChangedThing> things;
    while (rows.Step()) {
      things.push_back({.change = rows.Get<Change>(0),
                        .kind = ChangeKindFrom(rows.Get<std::string_view>(1)),
                        .subject_id = rows.Get<std::int64_t>(2)});
    }
    return things;
  }

  std::vector<HeadPosition> Positions() override {
    Statement rows(connection_,
                   "SELECT c.conversation_id, c.last_seq, c.last_change "
                   "FROM conversation_members m "
                   "JOIN conversations c ON c.conversation_id = m.conversation_id "
                   "WHERE m.user_id = ?1 AND m.left_seq IS NULL",
                   viewer_);
    std::vector<HeadPosition> positions;
    while (rows.Step()) {
      positions.push_back({rows.Get<ConversationId>(0), rows.Get<Seq>(1), rows.Get<Change>(2)});
    }
    return positions;
  }

  std::vector<Contact> ContactsOf(const std::vector<UserId>& users) override {
    std::vector<Contact> contacts;
    for (const UserId user : users) {
      Statement row(connection_,
                    "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, c.state, "
                    "u.last_seen_at FROM contacts c JOIN users u ON u.user_id = c.other_id "
                    "WHERE c.user_id = ?1 AND c.other_id = ?2",
                    viewer_, user);
      if (row.Step()) contacts.push_back(ReadContact(row));
    }
    return contacts;
  }

  std::vector<User> BlocksOf(const std::vector<UserId>& users) override {
    std::vector<User> blocked;
    for (const UserId user : users) {
      const bool blocks =
          Statement(connection_, "SELECT 1 FROM blocks WHERE user_id = ?1 AND blocked_id = ?2",
                    viewer_, user)
              .Step();
      std::optional<User> found = blocks ? FindUser(connection_, user) : std::nullopt;
      if (found) blocked.push_back(*std::move(found));
    }
    return blocked;
  }

  std::vector<ConversationView> ViewsOf(const std::vector<ConversationId>& ids) override {
    std::vector<ConversationView> views;
    for (const ConversationId id : ids) {
      std::optional<ConversationView> view = FindView(connection_, viewer_, id);
      if (view) views.push_back(*std::move(view));
    }
    return views;
  }

  std::vector<ConversationHead> HeadsOf(const std::vector<ConversationId>& ids) override {
    std::vector<ConversationHead> heads;
    for (const ConversationId id : ids) {
      Statement row(connection_,
                    "SELECT c.last_seq, c.last_change, m.read_seq, (SELECT count(*) FROM "
                    "(SELECT 1 FROM messages t WHERE t.conversation_id = ?2 "
                    "AND t.seq > m.read_seq AND t.kind = 'text' AND t.sender_id <> ?1 "
                    "AND t.deleted = 0 LIMIT ?3)) FROM conversation_members m "
                    "JOIN conversations c ON c.conversation_id = m.conversation_id "
                    "WHERE m.conversation_id = ?2 AND m.user_id = ?1 AND m.left_seq IS NULL",
                    viewer_, id, std::int64_t{kUnreadCountMax});
      if (!row.Step()) continue;
      heads.push_back({id, row.Get<Seq>(0), row.Get<Change>(1), row.Get<Seq>(2), row.Get<int>(3)});
    }
    return heads;
  }

  std::vector<UserId> ContactIds(UserId after, int limit) override {
    return Ids<UserId>(
        "SELECT other_id FROM contacts WHERE user_id = ?1 AND other_id > ?2 "
        "ORDER BY other_id LIMIT ?3",
        after, limit);
  }

  std::vector<UserId> BlockIds(UserId after, int limit) override {
    return Ids<UserId>(
        "SELECT blocked_id FROM blocks WHERE user_id = ?1 AND blocked_id > ?2 "
        "ORDER BY blocked_id LIMIT ?3",
        after, limit);
  }

  std::vector<ConversationId> ConversationIds(ConversationId after, int limit) override {
    return Ids<ConversationId>(
        "SELECT conversation_id FROM conversation_members "
        "WHERE user_id = ?1 AND conversation_id > ?2 AND left_seq IS NULL "
        "ORDER BY conversation_id LIMIT ?3",
        after, limit);
  }

 private:
  template <typename AnyId>
  std::vector<AnyId> Ids(Sql sql, AnyId after, int limit) {
    Statement rows(connection_, sql, viewer_, after, PageLimit(limit));
    std::vector<AnyId> ids;
    while (rows.Step()) ids.push_back(rows.Get<AnyId>(0));
    return ids;
  }

  Connection& connection_;
  UserId viewer_;
};

}  // namespace

void Updates::ReadPage(UpdateRequest request, Completion<UpdatePage, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [request](ReadTransaction& transaction) -> Result<UpdatePage, ReadError> {
                   Source source(transaction.connection, request.viewer);
                   return ReadUpdates(source, request);
                 });
}

}  // namespace chat::sqlite
