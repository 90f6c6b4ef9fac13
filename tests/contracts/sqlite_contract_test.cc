// The contracts of the storage ports, run on the embedded store.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/sqlite/accounts.h"
#include "server/sqlite/blocks.h"
#include "server/sqlite/contacts.h"
#include "server/sqlite/conversations.h"
#include "server/sqlite/database.h"
#include "server/sqlite/groups.h"
#include "server/sqlite/inspection.h"
#include "server/sqlite/marks.h"
#include "server/sqlite/message_changes.h"
#include "server/sqlite/messages.h"
#include "server/sqlite/presence_records.h"
#include "server/sqlite/search.h"
#include "server/sqlite/search_index.h"
#include "server/sqlite/sessions.h"
#include "server/sqlite/signing_keys.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/temporary_directory.h"
#include "server/sqlite/updates.h"
#include "tests/contracts/administration_contract.h"
#include "tests/contracts/blocks_contract.h"
#include "tests/contracts/erasure_contract.h"
#include "tests/contracts/groups_contract.h"
#include "tests/contracts/marks_contract.h"
#include "tests/contracts/message_changes_contract.h"
#include "tests/contracts/search_contract.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {
namespace {

using sqlite::ReadTransaction;
using sqlite::Statement;
using sqlite::WriteTransaction;

// The adapters of one shard, for as long as the server runs.
struct Adapters {
  Adapters(sqlite::Database& database, Executor& home)
      : accounts(database, home),
        sessions(database, home),
        signing_keys(database, home),
        contacts(database, home),
        blocks(database, home),
        conversations(database, home),
        groups(database, home),
        inspection(database, home),
        messages(database, home),
        marks(database, home),
        message_changes(database, home),
        presence_records(database, home),
        updates(database, home),
        search(database, home),
        search_index(database, home) {}

  sqlite::Accounts accounts;
  sqlite::Sessions sessions;
  sqlite::SigningKeys signing_keys;
  sqlite::Contacts contacts;
  sqlite::Blocks blocks;
  sqlite::Conversations conversations;
  sqlite::Groups groups;
  sqlite::Inspection inspection;
  sqlite::Messages messages;
  sqlite::Marks marks;
  sqlite::MessageChanges message_changes;
  sqlite::PresenceRecords presence_records;
  sqlite::Updates updates;
  sqlite::Search search;
  sqlite::SearchIndex search_index;
};

ConversationId InsertGroup(WriteTransaction& transaction, const std::vector<UserId>& members) {
  const auto group = transaction.ids.Next<ConversationId>(transaction.now);
  Statement(transaction.connection,
            "INSERT INTO conversations (conversation_id, kind, name, created_at, members_count, "
            "last_activity) VALUES (?1, 'group', 'a group', ?2, ?3, ?2)",
            group, transaction.now, std::int64_t(members.size()))
      .Run();
  for (const UserId member : members) {
    Statement(transaction.connection,
              "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq) "
              "VALUES (?1, ?2, 'member', 0)",
              group, member)
        .Run();
  }
  return group;
}

class SqliteStore final : public StoreUnderTest {
 public:
  explicit SqliteStore(StoreSurroundings surroundings) : surroundings_(surroundings) { Restart(); }

  void Restart() override {
    adapters_.reset();
    database_.reset();
    sqlite::DatabaseOptions options;
    options.data_dir = directory_.path() / "data";
    auto database =
        sqlite::Database::Open(options, {.clock = surroundings_.clock, .bus = surroundings_.bus});
    ASSERT_TRUE(database.has_value()) << database.error().detail;
    database_ = *std::move(database);
    adapters_ = std::make_unique<Adapters>(*database_, surroundings_.home);
  }

  Accounts& accounts() override { return adapters_->accounts; }
  Sessions& sessions() override { return adapters_->sessions; }
  SigningKeys& signing_keys() override { return adapters_->signing_keys; }
  Blocks& blocks() override { return adapters_->blocks; }
  Contacts& contacts() override { return adapters_->contacts; }
  Conversations& conversations() override { return adapters_->conversations; }
  Groups& groups() override { return adapters_->groups; }
  Inspection& inspection() override { return adapters_->inspection; }
  Messages& messages() override { return adapters_->messages; }
  Marks& marks() override { return adapters_->marks; }
  MessageChanges& message_changes() override { return adapters_->message_changes; }
  PresenceRecords& presence_records() override { return adapters_->presence_records; }
  Updates& updates() override { return adapters_->updates; }
  Search& search() override { return adapters_->search; }
  SearchIndex& search_index() override { return adapters_->search_index; }

  void AddGroup(std::vector<UserId> members, Completion<ConversationId, ReadError> done) override {
    database_->Write(surroundings_.home, std::move(done),
                     [members](WriteTransaction& transaction) -> Result<ConversationId, ReadError> {
                       return InsertGroup(transaction, members);
                     });
  }

  void RemoveMember(ConversationId conversation, UserId member,
                    Completion<void, ReadError> done) override {
    database_->Write(
        surroundings_.home, std::move(done),
        [conversation, member](WriteTransaction& transaction) -> Result<void, ReadError> {
          Statement(transaction.connection,
                    "UPDATE conversation_members SET left_seq = 0 "
                    "WHERE conversation_id = ?1 AND user_id = ?2",
                    conversation, member)
              .Run();
          Statement(transaction.connection,
                    "UPDATE conversations SET members_count = members_count - 1 "
                    "WHERE conversation_id = ?1",
                    conversation)
              .Run();
          return {};
        });
  }

  void Disable(UserId user, Completion<void, ReadError> done) override {
    database_->Write(surroundings_.home, std::move(done),
                     [user](WriteTransaction& transaction) -> Result<void, ReadError> {
                       Statement(transaction.connection,
                                 "UPDATE users SET disabled = 1 WHERE user_id = ?1", user)
                           .Run();
                       return {};
                     });
  }

 private:
  sqlite::TemporaryDirectory directory_;
  StoreSurroundings surroundings_;
  std::unique_ptr<sqlite::Database> database_;
  std::unique_ptr<Adapters> adapters_;
};

const StoreKind kSqlite = {"Sqlite", [](StoreSurroundings surroundings) {
                             return std::make_unique<SqliteStore>(surroundings);
                           }};

CHAT_INSTANTIATE_STORE_CONTRACTS(Embedded, kSqlite);
INSTANTIATE_TEST_SUITE_P(Embedded, BlocksContract, testing::Values(kSqlite), StoreName);
INSTANTIATE_TEST_SUITE_P(Embedded, GroupsContract, testing::Values(kSqlite), StoreName);
INSTANTIATE_TEST_SUITE_P(Embedded, MarksContract, testing::Values(kSqlite), StoreName);
INSTANTIATE_TEST_SUITE_P(Embedded, UpdatesContract, testing::Values(kSqlite), StoreName);
INSTANTIATE_TEST_SUITE_P(Embedded, MessageChangesContract, testing::Values(kSqlite), StoreName);
INSTANTIATE_TEST_SUITE_P(Embedded, ErasureContract, testing::Values(kSqlite), StoreName);
INSTANTIATE_TEST_SUITE_P(Embedded, AdministrationContract, testing::Values(kSqlite), StoreName);
INSTANTIATE_TEST_SUITE_P(Embedded, SearchContract, testing::Values(kSqlite), StoreName);

}  // namespace
}  // namespace chat::contracts
