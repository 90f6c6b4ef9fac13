#include "server/postgres/updates.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/limits.h"
#include "server/postgres/contact_states.h"
#include "server/postgres/conversation_views.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/transaction.h"
#include "server/postgres/user_rows.h"
#include "server/updates/update_reader.h"

namespace chat::postgres {
namespace {

ChangeKind ChangeKindFrom(std::string_view word) {
  if (word == "contact") return ChangeKind::kContact;
  if (word == "block") return ChangeKind::kBlock;
  return word == "read" ? ChangeKind::kRead : ChangeKind::kConversation;
}

// Each look-up sees what was committed when it began, hence never less than the one before.
class Source final : public UpdateSource {
 public:
  Source(Transaction& transaction, UserId viewer) : transaction_(transaction), viewer_(viewer) {}

  Change LastChange() override {
    const pqxx::result rows =
        transaction_.Run("SELECT last_change FROM users WHERE user_id = $1", viewer_);
    return rows.empty() ? Change() : rows[0][0].as<Change>();
  }

  // Each change of a user is numbered under the lock of their row: none comes later with a lower
  // number.
  std::vector<ChangedThing> ChangesAfter(Change after, int limit) override {
    const pqxx::result rows = transaction_.Run(
        "SELECT change, kind, subject_id FROM user_changes "
        "WHERE user_id = $1 AND change > $2 ORDER BY change LIMIT $3",
        viewer_, after, PageLimit(limit));
    std::vector<ChangedThing> things;
    for (const pqxx::row& row : rows) {
      things.push_back({.change = row[0].as<Change>(),
                        .kind = ChangeKindFrom(row[1].view()),
                        .subject_id = row[2].as<std::int64_t>()});
    }
    return things;
  }

  std::vector<HeadPosition> Positions() override {
    const pqxx::result rows = transaction_.Run(
        "SELECT c.conversation_id, c.last_seq, c.last_change FROM conversation_members m "
        "JOIN conversations c ON c.conversation_id = m.conversation_id "
        "WHERE m.user_id = $1 AND m.left_seq IS NULL",
        viewer_);
    std::vector<HeadPosition> positions;
    for (const pqxx::row& row : rows) {
      positions.push_back({row[0].as<ConversationId>(), row[1].as<Seq>(), row[2].as<Change>()});
    }
    return positions;
  }

  std::vector<Contact> ContactsOf(const std::vector<UserId>& users) override {
    if (users.empty()) return {};
    const pqxx::result rows = transaction_.Run(
        "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, c.state, "
        "u.last_seen_at FROM contacts c JOIN users u ON u.user_id = c.other_id "
        "WHERE c.user_id = $1 AND c.other_id = ANY ($2::bigint[]) ORDER BY c.other_id",
        viewer_, users);
    std::vector<Contact> contacts;
    for (const pqxx::row& row : rows) contacts.push_back(ReadContact(row));
    return contacts;
  }

  std::vector<User> BlocksOf(const std::vector<UserId>& users) override {
    if (users.empty()) return {};
    const pqxx::result rows = transaction_.Run(
        "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot FROM blocks b "
        "JOIN users u ON u.user_id = b.blocked_id "
        "WHERE b.user_id = $1 AND b.blocked_id = ANY ($2::bigint[]) ORDER BY b.blocked_id",
        viewer_, users);
    std::vector<User> blocked;
    for (const pqxx::row& row : rows) blocked.push_back(ReadUser(row, 0));
    return blocked;
  }

  std::vector<ConversationView> ViewsOf(const std::vector<ConversationId>& ids) override {
    if (ids.empty()) return {};
    return FindViews(transaction_, viewer_, ids);
  }

  std::vector<ConversationHead> HeadsOf(const std::vector<ConversationId>& ids) override {
    const pqxx::result rows = transaction_.Run(
        "SELECT m.conversation_id, c.last_seq, c.last_change, m.read_seq, "
        "(SELECT count(*) FROM (SELECT 1 FROM messages t "
        "WHERE t.conversation_id = m.conversation_id AND t.seq > m.read_seq "
        "AND t.kind = 'text' AND t.sender_id <> $1 AND NOT t.deleted LIMIT $3) AS unread) "
        "FROM conversation_members m "
        "JOIN conversations c ON c.conversation_id = m.conversation_id "
        "WHERE m.user_id = $1 AND m.conversation_id = ANY ($2::bigint[]) "
        "AND m.left_seq IS NULL ORDER BY m.conversation_id",
        viewer_, ids, std::int64_t{kUnreadCountMax});
    std::vector<ConversationHead> heads;
    for (const pqxx::row& row : rows) {
      heads.push_back({row[0].as<ConversationId>(), row[1].as<Seq>(), row[2].as<Change>(),
                       row[3].as<Seq>(), row[4].as<int>()});
    }
    return heads;
  }

  std::vector<UserId> ContactIds(UserId after, int limit) override {
    return Ids<UserId>(
        "SELECT other_id FROM contacts WHERE user_id = $1 AND other_id > $2 "
        "ORDER BY other_id LIMIT $3",
        after, limit);
  }

  std::vector<UserId> BlockIds(UserId after, int limit) override {
    return Ids<UserId>(
        "SELECT blocked_id FROM blocks WHERE user_id = $1 AND blocked_id > $2 "
        "ORDER BY blocked_id LIMIT $3",
        after, limit);
  }

  std::vector<ConversationId> ConversationIds(ConversationId after, int limit) override {
    return Ids<ConversationId>(
        "SELECT conversation_id FROM conversation_members "
        "WHERE user_id = $1 AND conversation_id > $2 AND left_seq IS NULL "
        "ORDER BY conversation_id LIMIT $3",
        after, limit);
  }

 private:
  template <typename AnyId>
  std::vector<AnyId> Ids(Sql sql, AnyId after, int limit) {
    std::vector<AnyId> ids;
    for (const pqxx::row& row : transaction_.Run(sql, viewer_, after, PageLimit(limit))) {
      ids.push_back(row[0].as<AnyId>());
    }
    return ids;
  }

  Transaction& transaction_;
  UserId viewer_;
};

}  // namespace

void Updates::ReadPage(UpdateRequest request, Completion<UpdatePage, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [request](Transaction& transaction) -> Result<UpdatePage, ReadError> {
                   Source source(transaction, request.viewer);
                   return ReadUpdates(source, request);
                 });
}

}  // namespace chat::postgres
