// Every statement of the store finds its rows through an index.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/groups.h"
#include "server/ports/marks.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"
#include "server/ports/sessions.h"
#include "server/ports/signing_keys.h"
#include "server/ports/updates.h"
#include "server/sqlite/accounts.h"
#include "server/sqlite/blocks.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/contacts.h"
#include "server/sqlite/conversations.h"
#include "server/sqlite/database.h"
#include "server/sqlite/database_fixture.h"
#include "server/sqlite/dependency.h"
#include "server/sqlite/groups.h"
#include "server/sqlite/marks.h"
#include "server/sqlite/message_changes.h"
#include "server/sqlite/messages.h"
#include "server/sqlite/presence_records.h"
#include "server/sqlite/search.h"
#include "server/sqlite/search_index.h"
#include "server/sqlite/sessions.h"
#include "server/sqlite/signing_keys.h"
#include "server/sqlite/updates.h"

namespace chat::sqlite {
namespace {

class QueryPlanTest : public DatabaseFixture {
 protected:
  void SetUp() override {
    DatabaseOptions options = Options();
    options.reader_threads = 1;  // so that one connection has prepared all reads
    Open(std::move(options));
  }

  // Each of these calls every operation of its ports, on the paths that differ in their statements.
  void UseAccounts();
  void UseSessions();
  void UseConversations();
  void UseGroups();  // of contacts
  void UseMarks(ConversationId conversation);
  void UseChanges(ConversationId conversation);
  // Of the owner of a group with others in it, who are no contacts.
  void UseBlocksAndErasure();
  void UseSearch(ConversationId conversation);

  std::set<std::string> PreparedStatements() {
    std::set<std::string> statements;
    const auto add = [&](const Connection& connection) {
      for (std::string& sql : connection.prepared_sql()) statements.insert(std::move(sql));
    };
    EXPECT_TRUE(Write([&](WriteTransaction& transaction) { add(transaction.connection); }));
    EXPECT_TRUE(Read([&](ReadTransaction& transaction) { add(transaction.connection); }));
    EXPECT_TRUE((Await<void, ReadError>([&](auto done) {
                  database().ReadSearch(executor(), std::move(done),
                                        [&](ReadTransaction& transaction) {
                                          add(transaction.connection);
                                          return Result<void, ReadError>();
                                        });
                })).has_value());
    return statements;
  }

  // The steps of SQLite's plan for a statement.
  std::vector<std::string> Explain(const std::string& statement) {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open((Options().data_dir / "chat.sqlite3").c_str(), &handle), SQLITE_OK);
    std::vector<std::string> steps;
    const auto add = [](void* result, int columns, char** values, char**) {
      static_cast<std::vector<std::string>*>(result)->push_back(values[columns - 1]);
      return 0;
    };
    EXPECT_EQ(
        sqlite3_exec(handle, ("EXPLAIN QUERY PLAN " + statement).c_str(), add, &steps, nullptr),
        SQLITE_OK)
        << statement;
    sqlite3_close(handle);
    return steps;
  }

  // The one user of Use…, made first.
  UserId alice_;
  UserId bob_;
};

void QueryPlanTest::UseAccounts() {
  Accounts accounts(database(), executor());
  SigningKeys keys(database(), executor());
  for (const char* name : {"alice", "bob", "alice"}) {
    const auto user = Await<User, RegisterError>([&](auto done) {
      accounts.Register({.username = name, .email = name, .password_hash = ""}, std::move(done));
    });
    if (user) (alice_ == UserId() ? alice_ : bob_) = user->user_id;
  }
  EXPECT_TRUE((Await<Account, ViewError>([&](auto done) {
                accounts.FindByUsername("alice", std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<Account, ViewError>([&](auto done) {
                accounts.FindByEmail("alice", std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<Account, ViewError>([&](auto done) {
                accounts.FindById(alice_, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<std::vector<StoredSigningKey>, ReadError>([&](auto done) {
                keys.LoadOrCreate("key", std::move(done));
              })).has_value());
}

void QueryPlanTest::UseSessions() {
  Sessions sessions(database(), executor());
  const auto session = Await<RefreshedSession, OpenSessionError>([&](auto done) {
    sessions.Open({.user_id = alice_,
                   .device_name = "",
                   .refresh_hash = {1},
                   .lifetime = std::chrono::days(30)},
                  std::move(done));
  });
  ASSERT_TRUE(session.has_value());
  for (std::uint8_t next : {2, 3}) {
    EXPECT_TRUE((Await<RefreshedSession, RefreshError>([&](auto done) {
                  sessions.Rotate({.presented = {1},
                                   .next = {next},
                                   .lifetime = std::chrono::days(30),
                                   .reuse_grace = std::chrono::seconds(10)},
                                  std::move(done));
                })).has_value());
  }
  EXPECT_TRUE((Await<SessionOwner, ViewError>([&](auto done) {
                sessions.FindActive(session->owner.session_id, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<std::vector<SessionId>, ReadError>([&](auto done) {
                sessions.FindEnded({session->owner.session_id}, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<SessionOwner, TicketError>([&](auto done) {
                sessions.ConsumeTicket({.nonce = {1},
                                        .session_id = session->owner.session_id,
                                        .expires_at = clock().Now() + std::chrono::seconds(30)},
                                       std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<std::vector<StoredSession>, ReadError>([&](auto done) {
                sessions.List({.user = session->owner.user_id, .after = {}, .limit = 10},
                              std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<void, ReadError>([&](auto done) {
                sessions.RevokeOthers(session->owner, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<void, ViewError>([&](auto done) {
                sessions.Revoke(session->owner, std::move(done));
              })).has_value());
}

void QueryPlanTest::UseConversations() {
  Contacts contacts(database(), executor());
  Conversations conversations(database(), executor());
  Messages messages(database(), executor());
  PresenceRecords presence(database(), executor());
  Dependency dependency(database(), executor());
  Blocks blocks(database(), executor());
  for (const auto& [one, other] : {std::pair(alice_, bob_), std::pair(bob_, alice_)}) {
    EXPECT_TRUE((Await<Contact, ContactError>([&](auto done) {
                  contacts.Request(one, other, std::move(done));
                })).has_value());
  }
  EXPECT_TRUE((Await<std::vector<User>, ReadError>([&](auto done) {
                blocks.List({.blocker = alice_, .after = {}, .limit = 10}, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<std::vector<Contact>, ReadError>([&](auto done) {
                contacts.List({.viewer = alice_, .after = {}, .limit = 10}, std::move(done));
              })).has_value());
  const auto opened = Await<OpenedConversation, OpenConversationError>(
      [&](auto done) { conversations.OpenDirect(alice_, bob_, std::move(done)); });
  ASSERT_TRUE(opened.has_value());
  const ConversationId conversation = opened->view.conversation.conversation_id;
  EXPECT_TRUE((Await<Appended, AppendError>([&](auto done) {
                messages.Append({.conversation_id = conversation,
                                 .sender_id = alice_,
                                 .client_msg_id = "id",
                                 .text = "hello",
                                 .reply_to_seq = {},
                                 .origin = {}},
                                std::move(done));
              })).has_value());
  UseSearch(conversation);
  for (const std::optional<Seq> after : {std::optional<Seq>(), std::optional<Seq>(Seq(0))}) {
    EXPECT_TRUE((Await<EntryPage, ViewError>([&](auto done) {
                  messages.ReadPage({.viewer = alice_,
                                     .conversation_id = conversation,
                                     .after_seq = after,
                                     .before_seq = {},
                                     .after_change = Change(),
                                     .limit = 10,
                                     .bytes_max = 1000},
                                    std::move(done));
                })).has_value());
  }
  EXPECT_TRUE((Await<std::vector<ConversationView>, ReadError>([&](auto done) {
                conversations.List({.viewer = bob_, .after = {}, .limit = 10}, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<MemberList, ViewError>([&](auto done) {
                conversations.ListMembers(conversation, Seq(), std::move(done));
              })).has_value());
  presence.RecordLastSeen({{.user_id = alice_, .last_seen_at = clock().Now()}});
  EXPECT_TRUE((Await<std::vector<LastSeen>, ReadError>([&](auto done) {
                presence.FindVisible(alice_, {bob_, UserId(42)}, std::move(done));
              })).has_value());
  UseGroups();
  UseMarks(conversation);
  EXPECT_TRUE((Await<void, ContactError>([&](auto done) {
                contacts.Remove(alice_, bob_, std::move(done));
              })).has_value());
  bool checked = false;
  dependency.Check([&](DependencyState) { checked = true; });
  EXPECT_TRUE(executor().RunUntil([&] { return checked; }));
}

void QueryPlanTest::UseGroups() {
  Groups groups(database(), executor());
  const auto created = Await<ConversationView, GroupError>([&](auto done) {
    groups.Create({.creator = alice_, .name = "us", .member_ids = {bob_}}, std::move(done));
  });
  ASSERT_TRUE(created.has_value());
  const GroupAct act{.actor = alice_, .conversation_id = created->conversation.conversation_id};
  EXPECT_TRUE((Await<ConversationView, GroupError>([&](auto done) {
                groups.Rename(act, "them", std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<Member, GroupError>([&](auto done) {
                groups.ChangeRole(act, {.subject = bob_, .role = Role::kOwner}, std::move(done));
              })).has_value());
  EXPECT_TRUE(
      (Await<std::vector<Member>, ViewError>([&](auto done) {
        groups.ListMembers(
            {.viewer = bob_, .conversation_id = act.conversation_id, .after = {}, .limit = 10},
            std::move(done));
      })).has_value());
  EXPECT_TRUE((Await<void, GroupError>([&](auto done) {
                groups.Remove(act, bob_, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<std::vector<Member>, GroupError>([&](auto done) {
                groups.Add(act, {bob_}, std::move(done));
              })).has_value());
  EXPECT_EQ((Await<void, GroupError>([&](auto done) {
              groups.Remove(act, alice_, std::move(done));
            })).error(),
            GroupError::kOwnerMustTransfer);
}

void QueryPlanTest::UseMarks(ConversationId conversation) {
  Marks marks(database(), executor());
  Updates updates(database(), executor());
  UpdatePoint known;
  known.stage = UpdatePoint::Stage::kChanges;
  EXPECT_TRUE((Await<std::vector<MarksMoved>, ReadError>([&](auto done) {
                marks.Advance({{conversation, bob_, Seq(1), Seq(1)}}, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<std::vector<UserId>, ReadError>([&](auto done) {
                marks.FindListeners(alice_, conversation, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<std::vector<Reader>, ViewError>([&](auto done) {
                marks.ListReaders({alice_, conversation, Seq(1), {}, 10}, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<ConversationView, ViewError>([&](auto done) {
                marks.Set({alice_, conversation, std::nullopt, true}, std::move(done));
              })).has_value());
  for (UpdatePoint after : {UpdatePoint(), known}) {
    for (bool more = true; more;) {
      const auto page = Await<UpdatePage, ReadError>(
          [&](auto done) { updates.ReadPage({bob_, after, 10, 1000}, std::move(done)); });
      ASSERT_TRUE(page.has_value());
      after = page->next;
      more = page->more;
    }
  }
}

void QueryPlanTest::UseChanges(ConversationId conversation) {
  MessageChanges changes(database(), executor());
  const auto changed = [&](auto call) {
    EXPECT_TRUE((Await<EntryChanged, ChangeError>(call)).has_value());
  };
  for (const bool on : {true, false}) {
    changed([&](auto done) {
      changes.React({alice_, conversation, Seq(1), "+1", on}, std::move(done));
    });
  }
  changed(
      [&](auto done) { changes.Edit({alice_, conversation, Seq(1), "better"}, std::move(done)); });
  changed([&](auto done) { changes.Delete({alice_, conversation, Seq(1)}, std::move(done)); });
}

void QueryPlanTest::UseBlocksAndErasure() {
  Accounts accounts(database(), executor());
  Blocks blocks(database(), executor());
  Contacts contacts(database(), executor());
  EXPECT_TRUE((Await<void, BlockError>([&](auto done) {
                blocks.Block(alice_, bob_, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<void, BlockError>([&](auto done) {
                blocks.Unblock(alice_, bob_, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<Contact, ContactError>([&](auto done) {
                contacts.Request(alice_, bob_, std::move(done));
              })).has_value());
  EXPECT_TRUE((Await<Account, ViewError>([&](auto done) {
                accounts.SetDisplayName(alice_, "Alice", std::move(done));
              })).has_value());
  for (const Erasure step : {Erasure::kMore, Erasure::kMore, Erasure::kDone}) {
    EXPECT_EQ(
        (Await<Erasure, ViewError>([&](auto done) { accounts.Erase(alice_, std::move(done)); })),
        step);
  }
}

// Of a text that is found until it is changed and deleted.
void QueryPlanTest::UseSearch(ConversationId conversation) {
  Search search(database(), executor());
  SearchIndex index(database(), executor());
  const auto update = [&] {
    const auto behind =
        Await<BehindPage, ReadError>([&](auto done) { index.FindBehind({}, std::move(done)); });
    EXPECT_TRUE(behind && !behind->behind.empty());
    EXPECT_TRUE((Await<IndexedBatch, ReadError>([&](auto done) {
                  index.Update({conversation}, std::move(done));
                })).has_value());
  };
  update();
  const auto page = Await<SearchPage, ReadError>([&](auto done) {
    search.Find(
        {.viewer = alice_, .tokens = {"hello"}, .before = {}, .limit = 10, .bytes_max = 1000},
        std::move(done));
  });
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->entries.size(), 1u);
  UseChanges(conversation);
  update();
}

// A table may be read whole where it holds a few rows and all of them are the answer. And there is
// nothing of a table in what SQLite calls a constant row or a subquery. FTS5 scans what it looks
// up: terms (M) or a row (=).
bool MayScan(const std::string& step) {
  return step == "SCAN signing_keys" || step == "SCAN schema_migrations" ||
         step == "SCAN CONSTANT ROW" || step.starts_with("SCAN (") ||
         (step.starts_with("SCAN search_terms VIRTUAL TABLE INDEX ") &&
          (step.contains(":M") || step.ends_with(":=")));
}

TEST_F(QueryPlanTest, NoStatementReadsAWholeTable) {
  UseAccounts();
  UseSessions();
  UseConversations();
  UseBlocksAndErasure();

  const std::set<std::string> statements = PreparedStatements();

  EXPECT_GT(statements.size(), 70u) << "all statements of the adapters, and the writer's own";
  for (const std::string& statement : statements) {
    for (const std::string& step : Explain(statement)) {
      EXPECT_TRUE(!step.starts_with("SCAN") || MayScan(step)) << step << " in: " << statement;
    }
  }
}

}  // namespace
}  // namespace chat::sqlite
