#include "server/postgres/user_changes.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "server/postgres/transaction.h"

namespace chat::postgres {
namespace {

struct Subject {
  std::string_view kind;
  std::int64_t id;
};

Change NextChange(Transaction& transaction, UserId user, Subject subject) {
  const pqxx::result rows = transaction.Run(
      "WITH counted AS (UPDATE users SET last_change = last_change + 1 WHERE user_id = $1 "
      "RETURNING last_change) "
      "INSERT INTO user_changes (user_id, change, kind, subject_id) "
      "SELECT $1, last_change, $2, $3 FROM counted "
      "ON CONFLICT (user_id, kind, subject_id) DO UPDATE SET change = excluded.change "
      "RETURNING change",
      user, subject.kind, subject.id);
  return rows.empty() ? Change() : rows[0][0].as<Change>();
}

template <typename What>
void AddToEach(ChangeTransaction& transaction, const std::vector<UserId>& users, Subject subject,
               const What& what) {
  const pqxx::result rows = transaction.Run(
      "WITH counted AS (UPDATE users SET last_change = last_change + 1 "
      "WHERE user_id = ANY ($1::bigint[]) RETURNING user_id, last_change) "
      "INSERT INTO user_changes (user_id, change, kind, subject_id) "
      "SELECT user_id, last_change, $2, $3 FROM counted "
      "ON CONFLICT (user_id, kind, subject_id) DO UPDATE SET change = excluded.change "
      "RETURNING user_id, change",
      users, subject.kind, subject.id);
  for (const pqxx::row& row : rows) {
    transaction.batch.user_changes.push_back(
        {.user_id = row[0].as<UserId>(), .change = row[1].as<Change>(), .what = what});
  }
}

}  // namespace

void AddUserChange(ChangeTransaction& transaction, UserId user, ContactChanged change) {
  const Subject subject{"contact", change.other.user_id.number()};
  transaction.batch.user_changes.push_back({.user_id = user,
                                            .change = NextChange(transaction, user, subject),
                                            .what = std::move(change)});
}

void AddUserChange(ChangeTransaction& transaction, UserId user, ConversationChanged change) {
  const Subject subject{"conversation", change.conversation.conversation_id.number()};
  transaction.batch.user_changes.push_back({.user_id = user,
                                            .change = NextChange(transaction, user, subject),
                                            .what = std::move(change)});
}

void AddUserChanges(ChangeTransaction& transaction, const std::vector<UserId>& users,
                    const ContactChanged& change) {
  AddToEach(transaction, users, {"contact", change.other.user_id.number()}, change);
}

void AddUserChanges(ChangeTransaction& transaction, const std::vector<UserId>& users,
                    const ConversationChanged& change) {
  AddToEach(transaction, users, {"conversation", change.conversation.conversation_id.number()},
            change);
}

void AddUserChange(ChangeTransaction& transaction, UserId user, BlockChanged change) {
  const Subject subject{"block", change.other.number()};
  transaction.batch.user_changes.push_back(
      {.user_id = user, .change = NextChange(transaction, user, subject), .what = change});
}

void AddReadChanges(Transaction& transaction, const std::vector<OwnRead>& reads) {
  if (reads.empty()) return;
  std::vector<UserId> users;
  std::vector<ConversationId> conversations;
  for (const OwnRead& read : reads) {
    users.push_back(read.user_id);
    conversations.push_back(read.conversation_id);
  }
  transaction.Run(
      "WITH moved AS (SELECT user_id, conversation_id, "
      "row_number() OVER (PARTITION BY user_id ORDER BY conversation_id) AS nth "
      "FROM unnest($1::bigint[], $2::bigint[]) AS m (user_id, conversation_id)), "
      "counted AS (UPDATE users u SET last_change = u.last_change + n.moves "
      "FROM (SELECT user_id, count(*) AS moves FROM moved GROUP BY user_id) n "
      "WHERE u.user_id = n.user_id RETURNING u.user_id, u.last_change - n.moves AS before) "
      "INSERT INTO user_changes (user_id, change, kind, subject_id) "
      "SELECT c.user_id, c.before + m.nth, 'read', m.conversation_id "
      "FROM counted c JOIN moved m ON m.user_id = c.user_id "
      "ON CONFLICT (user_id, kind, subject_id) DO UPDATE SET change = excluded.change",
      users, conversations);
}

}  // namespace chat::postgres
