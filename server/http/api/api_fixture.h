// The whole API as tests call it: the real router, handlers, SQLite store and hashing threads, in
// one process and without a socket. Time stands still until a test moves it.
#pragma once

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/ids.h"
#include "protocol/rates.h"
#include "server/auth/authenticator.h"
#include "server/auth/credential_issuer.h"
#include "server/auth/keyring.h"
#include "server/auth/password_hasher.h"
#include "server/auth/secure_random.h"
#include "server/auth/test_keyring.h"
#include "server/http/api/api.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/local/local_rate_limits.h"
#include "server/ports/executor.h"
#include "server/runtime/asio.h"
#include "server/runtime/task_group.h"
#include "server/runtime/worker_pool.h"
#include "server/sqlite/accounts.h"
#include "server/sqlite/blocks.h"
#include "server/sqlite/contacts.h"
#include "server/sqlite/conversations.h"
#include "server/sqlite/database.h"
#include "server/sqlite/groups.h"
#include "server/sqlite/marks.h"
#include "server/sqlite/message_changes.h"
#include "server/sqlite/messages.h"
#include "server/sqlite/presence_records.h"
#include "server/sqlite/search.h"
#include "server/sqlite/search_index.h"
#include "server/sqlite/sessions.h"
#include "server/sqlite/updates.h"
#include "tests/contracts/manual_clock.h"
#include "tests/contracts/recording_bus.h"

namespace chat::http {

// One request; what is not given is absent.
struct Call {
  Method method = Method::kGet;
  std::string path;
  std::vector<Field> query = {};
  std::string body = {};
  std::string access_token = {};
  std::string client_address = "127.0.0.1";
};

// Someone who registered and logged in.
struct Person {
  UserId user_id = {};
  std::string username;
  SessionId session_id = {};
  std::string access_token = {};
  std::string refresh_token = {};
};

class ApiFixture : public testing::Test {
 protected:
  // Nothing is limited without rates.
  explicit ApiFixture(std::optional<Rates> rates = std::nullopt);
  ~ApiFixture() override;

  // The response to a request; an empty one, and a failed test, when none comes within half a
  // minute.
  Response Send(Call call);
  Response Get(const Person& who, std::string path, std::vector<Field> query = {});
  Response Post(const Person& who, std::string path, std::string body = {});
  Response Patch(const Person& who, std::string path, std::string body);
  Response Put(const Person& who, std::string path, std::string body = {});
  Response Delete(const Person& who, std::string path, std::vector<Field> query = {});

  // Registers a user with this name, and the password `password-of-<name>`, and logs them in.
  Person Join(std::string username);
  Response LogIn(std::string_view username, std::string_view password);
  // The same person at another device.
  Person JoinAgain(const Person& who);

  // Both are contacts afterwards.
  void Befriend(const Person& one, const Person& other);
  ConversationId OpenDirect(const Person& opener, const Person& peer);
  void Say(const Person& sender, ConversationId conversation, std::string text);
  void Advance(const Person& reader, ConversationId conversation, Seq read_seq);
  // What was said so far can be found.
  void Index(ConversationId conversation);

  // Nothing that the store is asked from now on succeeds.
  void StopStore() { database_->Stop(); }

  static constexpr std::size_t kHashesQueuedMax = 4;

  contracts::ManualClock clock_;
  // Of the rates; stands still too.
  Instant now_{};
  std::set<UserId> online_;
  runtime::WorkerPool pool_{{.threads = 1, .queued_max = kHashesQueuedMax}};
  Router router_;

 private:
  class LoopExecutor final : public Executor {
   public:
    explicit LoopExecutor(asio::io_context& loop) : loop_(loop) {}
    void Post(Task task) override;

   private:
    asio::io_context& loop_;
  };

  std::unique_ptr<sqlite::Database> OpenDatabase();
  ApiPorts Ports();
  void RunUntil(const std::function<bool()>& done);

  std::filesystem::path data_dir_;
  LocalRateLimits rate_limits_;
  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  LoopExecutor home_{loop_};
  runtime::TaskGroup tasks_{loop_.get_executor(), [](std::string_view what) { FAIL() << what; }};
  contracts::RecordingBus bus_{home_};
  std::unique_ptr<sqlite::Database> database_;
  sqlite::Accounts accounts_{*database_, home_};
  sqlite::Sessions sessions_{*database_, home_};
  sqlite::Contacts contacts_{*database_, home_};
  sqlite::Blocks blocks_{*database_, home_};
  sqlite::Conversations conversations_{*database_, home_};
  sqlite::Groups groups_{*database_, home_};
  sqlite::Messages messages_{*database_, home_};
  sqlite::Marks marks_{*database_, home_};
  sqlite::Updates updates_{*database_, home_};
  sqlite::MessageChanges message_changes_{*database_, home_};
  sqlite::Search search_{*database_, home_};
  sqlite::SearchIndex search_index_{*database_, home_};
  sqlite::PresenceRecords presence_records_{*database_, home_};
  auth::SystemRandom random_;
  auth::Keyring keyring_ = auth::MakeKeyring();
  auth::Authenticator authenticator_{keyring_, sessions_, clock_, [](auto done) { done({}); }};
  auth::CredentialIssuer issuer_{keyring_, random_, clock_};
  auth::PasswordHasher hasher_;
  Api api_{Ports()};
};

// The `code` of a problem; what else it is for anything else.
std::string CodeOf(const Response& response);

// The value of a header, or nothing.
std::optional<std::string> HeaderOf(const Response& response, std::string_view name);

void ReadInto(const Response& response, google::protobuf::Message& message);

// The message that a JSON body holds; a failed test when it holds none.
template <typename Message>
Message Read(const Response& response) {
  Message message;
  ReadInto(response, message);
  return message;
}

}  // namespace chat::http
