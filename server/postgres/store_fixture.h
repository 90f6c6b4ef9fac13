// A store on a private PostgreSQL, and what tests of it do all the time.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/messages.h"
#include "server/postgres/database.h"
#include "tests/contracts/hand_executor.h"
#include "tests/contracts/recording_bus.h"
#include "tests/harness/postgres_server.h"

namespace chat::postgres {

using AppendResult = Result<Appended, AppendError>;

// One node of the store, as one shard uses it.
//
// Thread: the test's. Lifetime: shorter than its server's.
class TestNode {
 public:
  TestNode(const std::string& url, const std::string& name);
  explicit TestNode(DatabaseOptions options);
  ~TestNode();

  // What `call` completes with.
  template <typename T, typename E>
  Result<T, E> Await(const std::function<void(Completion<T, E>)>& call) {
    auto answer = std::make_shared<std::optional<Result<T, E>>>();
    call([answer](Result<T, E> result) { answer->emplace(std::move(result)); });
    EXPECT_TRUE(executor_.RunUntil([&] { return answer->has_value(); })) << "no answer came";
    return answer->has_value() ? *std::move(*answer) : std::unexpected(E::kUnavailable);
  }

  AppendResult Append(NewMessage message);
  // Does not wait; the answer is there once Finish has returned.
  std::shared_ptr<std::optional<AppendResult>> StartAppend(NewMessage message);
  // Waits until all that was started is answered.
  void Finish();

  Database& database() { return *database_; }
  contracts::HandExecutor& executor() { return executor_; }
  contracts::RecordingBus& bus() { return bus_; }

 private:
  contracts::HandExecutor executor_;
  contracts::RecordingBus bus_{executor_};
  int waiting_ = 0;
  std::unique_ptr<Database> database_;
};

class StoreFixture : public ::testing::Test {
 protected:
  void SetUp() override;

  // With users 1 to `members`.
  void AddGroup(ConversationId conversation, int members);

  std::int64_t Count(const std::string& sql) {
    return server().Execute(sql).one_field().as<std::int64_t>();
  }
  // The texts of a conversation in the order of seq; fails the test when these have holes.
  std::vector<std::string> StoredTexts(ConversationId conversation);

  chat::testing::PostgresServer& server() { return *server_; }
  std::string url() const { return server_->tcp_url(); }

 private:
  std::unique_ptr<chat::testing::PostgresServer> server_;
};

inline NewMessage TextMessage(ConversationId conversation, UserId sender, std::string id,
                              std::string text) {
  return {.conversation_id = conversation,
          .sender_id = sender,
          .client_msg_id = std::move(id),
          .text = std::move(text),
          .reply_to_seq = {},
          .origin = {.shard = 0, .send = 1}};
}

}  // namespace chat::postgres
