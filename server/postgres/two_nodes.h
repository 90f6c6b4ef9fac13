// Two nodes on one PostgreSQL, for the tests of what must hold whoever does what at the same
// moment.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/postgres/accounts.h"
#include "server/postgres/contacts.h"
#include "server/postgres/conversations.h"
#include "server/postgres/database.h"
#include "server/postgres/messages.h"
#include "server/postgres/presence_records.h"
#include "server/postgres/sessions.h"
#include "server/postgres/signing_keys.h"
#include "tests/contracts/hand_executor.h"
#include "tests/contracts/postgres_databases.h"
#include "tests/contracts/recording_bus.h"

namespace chat::postgres {

// One node, as one shard of it uses the store.
struct NodePorts {
  NodePorts(std::unique_ptr<Database> opened, Executor& home, contracts::RecordingBus& its_bus)
      : bus(its_bus),
        database(std::move(opened)),
        accounts(*database, home),
        sessions(*database, home),
        signing_keys(*database, home),
        contacts(*database, home),
        conversations(*database, home),
        messages(*database, home),
        presence_records(*database, home) {}

  contracts::RecordingBus& bus;
  std::unique_ptr<Database> database;
  Accounts accounts;
  Sessions sessions;
  SigningKeys signing_keys;
  Contacts contacts;
  Conversations conversations;
  Messages messages;
  PresenceRecords presence_records;
};

class TwoNodesTest : public testing::Test {
 protected:
  explicit TwoNodesTest(contracts::Contents contents = contracts::Contents::kSchema)
      : fresh_(contents) {}

  // Both at once, each in a thread of its own.
  void SetUp() override;

  // Calls `call` for each of `count` before any answer is looked at.
  template <typename T, typename E>
  std::vector<Result<T, E>> AwaitAll(int count,
                                     const std::function<void(int, Completion<T, E>)>& call) {
    auto slots = std::make_shared<std::vector<std::optional<Result<T, E>>>>(count);
    auto answered = std::make_shared<int>(0);
    for (int i = 0; i < count; ++i) {
      call(i, [slots, answered, i](Result<T, E> answer) {
        (*slots)[i].emplace(std::move(answer));
        ++*answered;
      });
    }
    EXPECT_TRUE(executor_.RunUntil([&] { return *answered == count; })) << "no answer came";
    std::vector<Result<T, E>> answers;
    for (auto& slot : *slots) {
      answers.push_back(slot ? *std::move(slot) : std::unexpected(E::kUnavailable));
    }
    return answers;
  }
  template <typename T, typename E>
  Result<T, E> Await(const std::function<void(Completion<T, E>)>& call) {
    return AwaitAll<T, E>(1, [&](int, Completion<T, E> done) { call(std::move(done)); })[0];
  }

  // Zero, and a failed test, when it cannot be done.
  UserId AddUser(const std::string& name);
  std::vector<UserId> AddUsers(int count);
  void MakeContacts(UserId one, UserId other);
  ConversationId AddDirect(UserId one, UserId other);

  // The first value of the first row, by a connection of the test's own.
  std::int64_t QueryNumber(const std::string& sql);

  // The nodes take turns.
  NodePorts& node(int i) { return *nodes_[i % 2]; }
  contracts::HandExecutor& executor() { return executor_; }

 private:
  contracts::FreshDatabase fresh_;
  contracts::HandExecutor executor_;
  contracts::RecordingBus buses_[2] = {contracts::RecordingBus(executor_),
                                       contracts::RecordingBus(executor_)};
  std::unique_ptr<NodePorts> nodes_[2];
};

}  // namespace chat::postgres
