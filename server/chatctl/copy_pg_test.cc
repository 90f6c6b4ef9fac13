// A chat that was written through the embedded store is read through PostgreSQL, and is the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/chatctl/copied_tables.h"
#include "server/chatctl/copy.h"
#include "server/postgres/accounts.h"
#include "server/postgres/contacts.h"
#include "server/postgres/conversations.h"
#include "server/postgres/database.h"
#include "server/postgres/message_changes.h"
#include "server/postgres/messages.h"
#include "server/postgres/sessions.h"
#include "server/postgres/signing_keys.h"
#include "server/sqlite/accounts.h"
#include "server/sqlite/contacts.h"
#include "server/sqlite/conversations.h"
#include "server/sqlite/database.h"
#include "server/sqlite/message_changes.h"
#include "server/sqlite/messages.h"
#include "server/sqlite/sessions.h"
#include "server/sqlite/signing_keys.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/temporary_directory.h"
#include "tests/contracts/hand_executor.h"
#include "tests/contracts/manual_clock.h"
#include "tests/contracts/postgres_databases.h"
#include "tests/contracts/recording_bus.h"

namespace chat::chatctl {
namespace {

constexpr std::chrono::days kLifetime{60};

// The ports of one store, whichever it is.
struct Ports {
  std::unique_ptr<Accounts> accounts;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<SigningKeys> signing_keys;
  std::unique_ptr<Contacts> contacts;
  std::unique_ptr<Conversations> conversations;
  std::unique_ptr<Messages> messages;
  std::unique_ptr<MessageChanges> message_changes;
};

Ports PortsOf(sqlite::Database& database, Executor& home) {
  return {.accounts = std::make_unique<sqlite::Accounts>(database, home),
          .sessions = std::make_unique<sqlite::Sessions>(database, home),
          .signing_keys = std::make_unique<sqlite::SigningKeys>(database, home),
          .contacts = std::make_unique<sqlite::Contacts>(database, home),
          .conversations = std::make_unique<sqlite::Conversations>(database, home),
          .messages = std::make_unique<sqlite::Messages>(database, home),
          .message_changes = std::make_unique<sqlite::MessageChanges>(database, home)};
}

Ports PortsOf(postgres::Database& database, Executor& home) {
  return {.accounts = std::make_unique<postgres::Accounts>(database, home),
          .sessions = std::make_unique<postgres::Sessions>(database, home),
          .signing_keys = std::make_unique<postgres::SigningKeys>(database, home),
          .contacts = std::make_unique<postgres::Contacts>(database, home),
          .conversations = std::make_unique<postgres::Conversations>(database, home),
          .messages = std::make_unique<postgres::Messages>(database, home),
          .message_changes = std::make_unique<postgres::MessageChanges>(database, home)};
}

// What a chat shows of itself through its ports, as text that two stores must agree on.
struct Shown {
  std::vector<std::string> lines;
};

class CopyTest : public testing::Test {
 protected:
  template <typename T, typename E, typename Call>
  Result<T, E> Await(Call call) {
    std::optional<Result<T, E>> answer;
    call(Completion<T, E>([&](Result<T, E> result) { answer.emplace(std::move(result)); }));
    EXPECT_TRUE(executor_.RunUntil([&] { return answer.has_value(); }));
    EXPECT_TRUE(answer && answer->has_value());
    return answer ? *std::move(answer) : std::unexpected(E::kUnavailable);
  }

  // Fails the test where the store refuses.
  std::unique_ptr<sqlite::Database> OpenSqlite() {
    sqlite::DatabaseOptions options;
    options.data_dir = directory_.path() / "data";
    auto opened = sqlite::Database::Open(options, {.clock = clock_, .bus = bus_});
    EXPECT_TRUE(opened.has_value());
    return opened ? *std::move(opened) : nullptr;
  }
  std::unique_ptr<postgres::Database> OpenPostgres() {
    auto opened = postgres::Database::Open({.address = target_.url(),
                                            .node_name = "a node",
                                            .durability = postgres::Durability::kUnchecked},
                                           {.bus = bus_, .clock = &clock_});
    EXPECT_TRUE(opened.has_value()) << opened.error().detail;
    return opened ? *std::move(opened) : nullptr;
  }

  std::filesystem::path file() const { return directory_.path() / "data" / "chat.sqlite3"; }
  auto Copy() { return CopyStore({.from = file(), .to = target_.url()}); }

  void WriteChat(Ports ports);
  void ChangeEntries(Ports& ports);
  Shown ReadChat(Ports ports);
  std::int64_t CountTarget(const std::string& table);

  const std::vector<UserId>& users() const { return users_; }
  contracts::HandExecutor& executor() { return executor_; }
  contracts::ManualClock& clock() { return clock_; }
  contracts::FreshDatabase& target() { return target_; }

 private:
  sqlite::TemporaryDirectory directory_;
  contracts::FreshDatabase target_;
  contracts::HandExecutor executor_;
  contracts::ManualClock clock_;
  contracts::RecordingBus bus_{executor_};
  std::vector<UserId> users_;
  std::vector<ConversationId> conversations_;
  SessionId session_;
};

// Three users of whom the first knows the others, texts of every sort, a session that was
// refreshed.
void CopyTest::WriteChat(Ports ports) {
  for (const std::string name : {"alice", "bob", "carol"}) {
    const auto user = Await<User, RegisterError>([&](auto done) {
      ports.accounts->Register(
          {.username = name, .email = name + "@example.org", .password_hash = "hash of " + name},
          std::move(done));
    });
    users_.push_back(user->user_id);
  }
  for (const UserId other : {users_[1], users_[2]}) {
    Await<Contact, ContactError>(
        [&](auto done) { ports.contacts->Request(users_[0], other, std::move(done)); });
    Await<Contact, ContactError>(
        [&](auto done) { ports.contacts->Accept(other, users_[0], std::move(done)); });
    const auto opened = Await<OpenedConversation, OpenConversationError>(
        [&](auto done) { ports.conversations->OpenDirect(users_[0], other, std::move(done)); });
    conversations_.push_back(opened->view.conversation.conversation_id);
  }
  const std::vector<std::string> texts = {"hello", "tab\tnew\nline\r\\back \\N \\.", "\"quoted\"",
                                          "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", ""};
  for (std::size_t i = 0; i < texts.size() * 20; ++i) {
    clock_.Advance(std::chrono::seconds(1));
    Await<Appended, AppendError>([&](auto done) {
      ports.messages->Append({.conversation_id = conversations_[i % 2],
                              .sender_id = users_[0],
                              .client_msg_id = std::to_string(i),
                              .text = texts[i % texts.size()],
                              .reply_to_seq = i > 10 ? std::optional(Seq(1)) : std::nullopt,
                              .origin = {}},
                             std::move(done));
    });
  }
  ChangeEntries(ports);
  const auto session = Await<RefreshedSession, OpenSessionError>([&](auto done) {
    ports.sessions->Open({.user_id = users_[0],
                          .device_name = "a phone",
                          .refresh_hash = {1},
                          .lifetime = kLifetime},
                         std::move(done));
  });
  session_ = session->owner.session_id;
  Await<RefreshedSession, RefreshError>([&](auto done) {
    ports.sessions->Rotate({.presented = {1},
                            .next = {2},
                            .lifetime = kLifetime,
                            .reuse_grace = std::chrono::seconds(60)},
                           std::move(done));
  });
  Await<std::vector<StoredSigningKey>, ReadError>([&](auto done) {
    ports.signing_keys->LoadOrCreate(std::string("\0\x01\xFF key \\ ", 10), std::move(done));
  });
}

void CopyTest::ChangeEntries(Ports& ports) {
  MessageChanges& changes = *ports.message_changes;
  const ConversationId conversation = conversations_[0];
  Await<EntryChanged, ChangeError>([&](auto done) {
    changes.Edit({users_[0], conversation, Seq(1), "edited"}, std::move(done));
  });
  Await<EntryChanged, ChangeError>(
      [&](auto done) { changes.Delete({users_[0], conversation, Seq(2)}, std::move(done)); });
  for (const UserId user : {users_[0], users_[1]}) {
    Await<EntryChanged, ChangeError>([&](auto done) {
      changes.React({user, conversation, Seq(3), "\xF0\x9F\x91\x8D", true}, std::move(done));
    });
  }
}

std::string ShowChanges(const Entry& entry) {
  std::string shown = entry.change.ToString() + (entry.deleted ? " deleted" : "") +
                      (entry.edited_at ? " edited " + FormatTimestamp(*entry.edited_at) : "");
  for (const Reaction& reaction : entry.reactions) {
    shown += ' ' + reaction.emoji + std::to_string(reaction.count) + (reaction.mine ? "mine" : "");
  }
  return shown;
}

void Show(Shown& shown, const Entry& entry) {
  shown.lines.push_back(entry.seq.ToString() + ' ' + entry.message_id.ToString() + ' ' +
                        entry.sender_id.ToString() + ' ' + entry.client_msg_id + ' ' +
                        FormatTimestamp(entry.created_at) + ' ' +
                        (entry.reply_to_seq ? entry.reply_to_seq->ToString() : "-") + ' ' +
                        ShowChanges(entry) + ' ' + entry.text);
}

void Show(Shown& shown, const ConversationView& view) {
  shown.lines.push_back(
      view.conversation.conversation_id.ToString() + ' ' + view.conversation.last_seq.ToString() +
      ' ' + view.my_read_seq.ToString() + ' ' + std::to_string(view.unread_count) + ' ' +
      (view.peer ? view.peer->username : "-") + ' ' + FormatTimestamp(view.last_activity_at));
}

Shown CopyTest::ReadChat(Ports ports) {
  Shown shown;
  for (const UserId user : users_) {
    const auto account = Await<Account, ViewError>(
        [&](auto done) { ports.accounts->FindById(user, std::move(done)); });
    shown.lines.push_back(account->user.username + ' ' + account->email + ' ' +
                          account->password_hash + ' ' + FormatTimestamp(account->user.created_at));
    const auto contacts = Await<std::vector<Contact>, ReadError>([&](auto done) {
      ports.contacts->List({.viewer = user, .after = {}, .limit = 100}, std::move(done));
    });
    for (const Contact& contact : *contacts) shown.lines.push_back(contact.user.username);
    const auto views = Await<std::vector<ConversationView>, ReadError>([&](auto done) {
      ports.conversations->List({.viewer = user, .after = {}, .limit = 100}, std::move(done));
    });
    for (const ConversationView& view : *views) {
      Show(shown, view);
      const auto page = Await<EntryPage, ViewError>([&](auto done) {
        ports.messages->ReadPage({.viewer = user,
                                  .conversation_id = view.conversation.conversation_id,
                                  .after_seq = Seq(),
                                  .before_seq = {},
                                  .limit = 1000,
                                  .bytes_max = 1'000'000},
                                 std::move(done));
      });
      for (const Entry& entry : page->entries) Show(shown, entry);
    }
  }
  const auto owner = Await<SessionOwner, ViewError>(
      [&](auto done) { ports.sessions->FindActive(session_, std::move(done)); });
  shown.lines.push_back(owner->user_id.ToString());
  const auto keys = Await<std::vector<StoredSigningKey>, ReadError>(
      [&](auto done) { ports.signing_keys->LoadOrCreate("another", std::move(done)); });
  for (const StoredSigningKey& key : *keys) shown.lines.push_back(key.material);
  return shown;
}

std::int64_t CopyTest::CountTarget(const std::string& table) {
  pqxx::connection connection(target_.url());
  pqxx::nontransaction sql(connection);
  return sql.query_value<std::int64_t>("SELECT count(*) FROM " + table);
}

TEST_F(CopyTest, ShowsTheSameChatThroughThePortsOfBoth) {
  auto before = OpenSqlite();
  WriteChat(PortsOf(*before, executor()));
  const Shown was = ReadChat(PortsOf(*before, executor()));
  before.reset();

  const auto copied = Copy();

  ASSERT_TRUE(copied.has_value()) << copied.error();
  auto after = OpenPostgres();
  Ports ports = PortsOf(*after, executor());
  EXPECT_EQ(ReadChat(PortsOf(*after, executor())).lines, was.lines);
  EXPECT_GT(was.lines.size(), 200u);

  // And it goes on where it stopped: the refresh token is good, the retry known, the next seq next.
  const auto rotated = Await<RefreshedSession, RefreshError>([&](auto done) {
    ports.sessions->Rotate({.presented = {2},
                            .next = {3},
                            .lifetime = kLifetime,
                            .reuse_grace = std::chrono::seconds(60)},
                           std::move(done));
  });
  EXPECT_TRUE(rotated.has_value());
}

TEST_F(CopyTest, MakesNoIdAgainThatTheEmbeddedServerMade) {
  auto before = OpenSqlite();
  WriteChat(PortsOf(*before, executor()));
  before.reset();
  ASSERT_TRUE(Copy().has_value());
  clock().Advance(-std::chrono::hours(2));

  auto after = OpenPostgres();
  Ports ports = PortsOf(*after, executor());
  const auto dave = Await<User, RegisterError>([&](auto done) {
    ports.accounts->Register({.username = "dave", .email = "d", .password_hash = ""},
                             std::move(done));
  });

  EXPECT_GT(dave->user_id, users().back());
}

TEST_F(CopyTest, RefusesATargetThatIsNotEmptyAndLeavesItAlone) {
  auto before = OpenSqlite();
  WriteChat(PortsOf(*before, executor()));
  before.reset();
  ASSERT_TRUE(Copy().has_value());

  const auto again = Copy();

  ASSERT_FALSE(again.has_value());
  EXPECT_NE(again.error().find("not empty"), std::string::npos) << again.error();
  EXPECT_EQ(CountTarget("messages"), 100);
}

TEST_F(CopyTest, RefusesAFileThatAServerUses) {
  auto before = OpenSqlite();

  const auto copied = Copy();

  ASSERT_FALSE(copied.has_value());
  EXPECT_NE(copied.error().find("in use"), std::string::npos) << copied.error();
}

TEST_F(CopyTest, RefusesWhatIsNoStore) {
  EXPECT_FALSE(Copy().has_value()) << "there is no file";

  std::filesystem::create_directories(file().parent_path());
  std::ofstream(file()) << "not a database, whatever its name says";
  EXPECT_FALSE(Copy().has_value());
}

TEST_F(CopyTest, RefusesADatabaseWithoutTheSchema) {
  OpenSqlite().reset();
  contracts::FreshDatabase nothing(contracts::Contents::kNothing);

  EXPECT_FALSE(CopyStore({.from = file(), .to = nothing.url()}).has_value());
}

// A table or a column that is added to the schema must be added to the copy. The search index is
// made anew from the messages, by the first node that starts.
TEST_F(CopyTest, ForgetsNoTableAndNoColumn) {
  std::set<std::string> copied = {"nodes.id_floor_ms", "nodes.number", "schema_migrations.dirty",
                                  "schema_migrations.version"};
  for (const CopiedTable& table : CopiedTables()) {
    std::string columns = table.columns;
    for (std::size_t at = 0; at < columns.size();) {
      const std::size_t end = std::min(columns.find(", ", at), columns.size());
      copied.insert(table.name + ("." + columns.substr(at, end - at)));
      at = end + 2;
    }
  }
  OpenSqlite().reset();

  auto connection = sqlite::Connection::Open(file(), sqlite::Access::kReadOnly);
  ASSERT_TRUE(connection.has_value());
  sqlite::Statement rows(*connection,
                         "SELECT t.name || '.' || c.name FROM sqlite_schema t "
                         "JOIN pragma_table_info(t.name) c WHERE t.type = 'table' "
                         "AND t.name NOT LIKE 'search\\_%' ESCAPE '\\'");
  std::set<std::string> stored;
  while (rows.Step()) stored.insert(rows.Get<std::string>(0));

  EXPECT_EQ(copied, stored);
}

}  // namespace
}  // namespace chat::chatctl
