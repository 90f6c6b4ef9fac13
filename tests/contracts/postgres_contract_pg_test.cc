// The contracts of the storage ports, run on PostgreSQL.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/postgres/accounts.h"
#include "server/postgres/blocks.h"
#include "server/postgres/contacts.h"
#include "server/postgres/conversations.h"
#include "server/postgres/database.h"
#include "server/postgres/groups.h"
#include "server/postgres/inspection.h"
#include "server/postgres/marks.h"
#include "server/postgres/message_changes.h"
#include "server/postgres/messages.h"
#include "server/postgres/presence_records.h"
#include "server/postgres/search.h"
#include "server/postgres/search_index.h"
#include "server/postgres/sessions.h"
#include "server/postgres/signing_keys.h"
#include "server/postgres/updates.h"
#include "tests/contracts/administration_contract.h"
#include "tests/contracts/blocks_contract.h"
#include "tests/contracts/erasure_contract.h"
#include "tests/contracts/groups_contract.h"
#include "tests/contracts/marks_contract.h"
#include "tests/contracts/message_changes_contract.h"
#include "tests/contracts/postgres_databases.h"
#include "tests/contracts/search_contract.h"
#include "tests/contracts/store_contract.h"

namespace chat::contracts {
namespace {

using postgres::Transaction;

// The adapters of one shard, for as long as the server runs.
struct Adapters {
  Adapters(postgres::Database& database, Executor& home)
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

  postgres::Accounts accounts;
  postgres::Sessions sessions;
  postgres::SigningKeys signing_keys;
  postgres::Contacts contacts;
  postgres::Blocks blocks;
  postgres::Conversations conversations;
  postgres::Groups groups;
  postgres::Inspection inspection;
  postgres::Messages messages;
  postgres::Marks marks;
  postgres::MessageChanges message_changes;
  postgres::PresenceRecords presence_records;
  postgres::Updates updates;
  postgres::Search search;
  postgres::SearchIndex search_index;
};

ConversationId InsertGroup(Transaction& transaction, const std::vector<UserId>& members) {
  const auto group = transaction.ids.Next<ConversationId>(transaction.now);
  transaction.Run(
      "INSERT INTO conversations (conversation_id, kind, name, created_at, members_count, "
      "last_activity) VALUES ($1, 'group', 'a group', $2, $3, $2)",
      group, transaction.now, std::int64_t(members.size()));
  for (const UserId member : members) {
    transaction.Run(
        "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq) "
        "VALUES ($1, $2, 'member', 0)",
        group, member);
  }
  return group;
}

class PostgresStore final : public StoreUnderTest {
 public:
  explicit PostgresStore(StoreSurroundings surroundings) : surroundings_(surroundings) {
    Restart();
  }

  void Restart() override {
    adapters_.reset();
    database_.reset();
    auto database =
        postgres::Database::Open({.address = fresh_.url(),
                                  .node_name = "a node",
                                  .durability = postgres::Durability::kUnchecked,
                                  // A slow machine is no reason to fail.
                                  .deadline = std::chrono::seconds(20)},
                                 {.bus = surroundings_.bus, .clock = &surroundings_.clock});
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
                     [members](Transaction& transaction) -> Result<ConversationId, ReadError> {
                       return InsertGroup(transaction, members);
                     });
  }

  void RemoveMember(ConversationId conversation, UserId member,
                    Completion<void, ReadError> done) override {
    database_->Write(surroundings_.home, std::move(done),
                     [conversation, member](Transaction& transaction) -> Result<void, ReadError> {
                       transaction.Run(
                           "UPDATE conversation_members SET left_seq = 0 "
                           "WHERE conversation_id = $1 AND user_id = $2",
                           conversation, member);
                       transaction.Run(
                           "UPDATE conversations SET members_count = members_count - 1 "
                           "WHERE conversation_id = $1",
                           conversation);
                       return {};
                     });
  }

  void Disable(UserId user, Completion<void, ReadError> done) override {
    database_->Write(surroundings_.home, std::move(done),
                     [user](Transaction& transaction) -> Result<void, ReadError> {
                       transaction.Run("UPDATE users SET disabled = true WHERE user_id = $1", user);
                       return {};
                     });
  }

 private:
  FreshDatabase fresh_;
  StoreSurroundings surroundings_;
  std::unique_ptr<postgres::Database> database_;
  std::unique_ptr<Adapters> adapters_;
};

const StoreKind kPostgres = {"Postgres", [](StoreSurroundings surroundings) {
                               return std::make_unique<PostgresStore>(surroundings);
                             }};

CHAT_INSTANTIATE_STORE_CONTRACTS(Shared, kPostgres);
INSTANTIATE_TEST_SUITE_P(Shared, BlocksContract, testing::Values(kPostgres), StoreName);
INSTANTIATE_TEST_SUITE_P(Shared, GroupsContract, testing::Values(kPostgres), StoreName);
INSTANTIATE_TEST_SUITE_P(Shared, MarksContract, testing::Values(kPostgres), StoreName);
INSTANTIATE_TEST_SUITE_P(Shared, UpdatesContract, testing::Values(kPostgres), StoreName);
INSTANTIATE_TEST_SUITE_P(Shared, MessageChangesContract, testing::Values(kPostgres), StoreName);
INSTANTIATE_TEST_SUITE_P(Shared, ErasureContract, testing::Values(kPostgres), StoreName);
INSTANTIATE_TEST_SUITE_P(Shared, AdministrationContract, testing::Values(kPostgres), StoreName);
INSTANTIATE_TEST_SUITE_P(Shared, SearchContract, testing::Values(kPostgres), StoreName);

}  // namespace
}  // namespace chat::contracts
