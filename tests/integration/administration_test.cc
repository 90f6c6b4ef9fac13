// What an operator does with chatctl to a server that runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/api.h"
#include "tests/harness/chat_world.h"
#include "tests/harness/chatctl.h"
#include "tests/harness/deadline.h"
#include "tests/harness/http_client.h"
#include "tests/harness/person.h"

namespace chat::testing {
namespace {

std::vector<std::string> LinesOf(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class AdministrationTest : public ::testing::Test {
 protected:
  ApiAnswer<v1::LoginResponse> LogIn(const std::string& username, const std::string& password) {
    v1::LoginRequest request;
    request.set_username(username);
    request.set_password(password);
    return Api(server().endpoint()).Post<v1::LoginResponse>("/v1/auth/login", request);
  }

  int StatusOf(const std::string& access_token) {
    Api api(server().endpoint());
    api.set_access_token(access_token);
    return api.Get<v1::UserResponse>("/v1/users/me").status;
  }

  ServerProcess& server() { return world_.server(); }

  ChatWorld world_{{.encoding = Encoding::kJson, .shards = 2}};
  Chatctl chatctl_{server().admin(), server().data_folder() / "admin-token"};
};

TEST_F(AdministrationTest, CreatesUsersWhoThenLogIn) {
  const std::string given =
      chatctl_.Do({"users", "create", "alice", "alice@example.org"}, "a good password\n");
  const std::string made = chatctl_.Do({"users", "create", "bob", "bob@example.org", "--generate"});

  EXPECT_EQ(ValueOf("username", given), "alice");
  EXPECT_FALSE(given.contains("good"));
  EXPECT_EQ(LogIn("alice", "a good password").status, 200);
  EXPECT_EQ(LogIn("bob", ValueOf("password", made)).status, 200);
  EXPECT_EQ(ValueOf("user_id", chatctl_.Do({"users", "show", "alice@example.org"})),
            ValueOf("user_id", given));
  EXPECT_EQ(ValueOf("username", chatctl_.Do({"users", "show", "id:" + ValueOf("user_id", given)})),
            "alice");
}

TEST_F(AdministrationTest, SaysInOneLineWhatIsRefused) {
  const ChatctlAnswer nobody = chatctl_.Run({"users", "show", "nobody"});
  const ChatctlAnswer weak =
      chatctl_.Run({"users", "create", "alice", "alice@example.org"}, "short\n");
  const ChatctlAnswer none = chatctl_.Run({"users", "create", "alice", "alice@example.org"});

  for (const ChatctlAnswer& answer : {nobody, weak, none}) {
    EXPECT_EQ(answer.exit_code, 1);
    EXPECT_EQ(LinesOf(answer.errors).size(), 1u) << answer.errors;
  }
  EXPECT_TRUE(nobody.errors.contains("not_found")) << nobody.errors;
  EXPECT_TRUE(weak.errors.contains("invalid_argument")) << weak.errors;
}

TEST_F(AdministrationTest, DisablesAUserAtOnceAndEnablesThemAgain) {
  Person alice = world_.Joins("alice");
  const std::string token = alice.login().access_token();

  EXPECT_EQ(ValueOf("state", chatctl_.Do({"users", "disable", "alice"})), "disabled");

  alice.IsClosedWith(websocket::CloseCode::kSessionExpired);
  EXPECT_EQ(StatusOf(token), 401);
  const auto refused = LogIn("alice", std::string(Person::kPassword));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.problem.code(), "bad_credentials");

  EXPECT_EQ(ValueOf("state", chatctl_.Do({"users", "enable", "alice"})), "enabled");
  EXPECT_EQ(StatusOf(token), 401);
  EXPECT_EQ(LogIn("alice", std::string(Person::kPassword)).status, 200);
}

TEST_F(AdministrationTest, ResetsAPassword) {
  Person alice = world_.Joins("alice");

  chatctl_.Do({"users", "reset-password", "alice"}, "another password\n");

  alice.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_EQ(LogIn("alice", std::string(Person::kPassword)).status, 401);
  EXPECT_EQ(LogIn("alice", "another password").status, 200);
}

TEST_F(AdministrationTest, ListsAndRevokesSessions) {
  Person phone = world_.Joins("alice");
  Person laptop = world_.JoinsAgain(phone, "laptop");
  const std::string listed = chatctl_.Do({"sessions", "list", "alice"});
  EXPECT_TRUE(listed.contains("phone") && listed.contains("laptop")) << listed;

  chatctl_.Do({"sessions", "revoke", "alice", std::to_string(laptop.login().session_id())});

  laptop.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_EQ(StatusOf(phone.login().access_token()), 200);
  EXPECT_EQ(
      chatctl_.Run({"sessions", "revoke", "alice", std::to_string(laptop.login().session_id())})
          .exit_code,
      1);

  chatctl_.Do({"sessions", "revoke-all", "alice"});
  phone.IsClosedWith(websocket::CloseCode::kSessionRevoked);
  EXPECT_EQ(LinesOf(chatctl_.Do({"sessions", "list", "alice"})).size(), 1u) << "the head only";
}

TEST_F(AdministrationTest, ErasesAUserWhoStaysTheSenderOfWhatTheySaid) {
  Person alice = world_.Joins("alice");
  Person bob = world_.Joins("bob");
  alice.Befriends(bob);
  alice.OpensChatWith(bob);
  bob.TalksIn(alice.conversation());
  alice.Sends("remember me");
  bob.Receives("remember me");
  const std::string id = std::to_string(alice.user().user_id());
  EXPECT_EQ(chatctl_.Run({"users", "erase", "alice"}).exit_code, 1) << "not without --yes";

  chatctl_.Do({"users", "erase", "alice", "--yes"});

  alice.IsClosedWith(websocket::CloseCode::kSessionExpired);
  EXPECT_EQ(chatctl_.Run({"users", "show", "alice"}).exit_code, 1);
  EXPECT_EQ(ValueOf("username", chatctl_.Do({"users", "show", "id:" + id})), "deleted-" + id);
  EXPECT_EQ(chatctl_.Run({"users", "enable", "id:" + id}).exit_code, 1);
}

TEST_F(AdministrationTest, ExportsAllOfAUserAndNothingThatOthersSaid) {
  Person alice = world_.Joins("alice");
  Person bob = world_.Joins("bob");
  alice.Befriends(bob);
  alice.OpensChatWith(bob);
  for (int i = 0; i < 250; ++i) alice.Sends("mine " + std::to_string(i));
  bob.TalksIn(alice.conversation());
  bob.Sends("of bob");

  const std::vector<std::string> lines = LinesOf(chatctl_.Do({"export", "alice"}));

  int messages = 0;
  for (const std::string& line : lines) {
    messages += line.starts_with("{\"message\":") ? 1 : 0;
    EXPECT_FALSE(line.contains("of bob")) << line;
  }
  EXPECT_EQ(messages, 250);
  EXPECT_TRUE(lines.front().starts_with("{\"profile\":") &&
              lines.front().contains("alice@example.org"));
  EXPECT_EQ(lines.back(), "{\"complete\":true}");
  const auto has = [&](std::string_view start) {
    return std::ranges::any_of(lines, [&](const auto& line) { return line.starts_with(start); });
  };
  EXPECT_TRUE(has("{\"session\":") && has("{\"contact\":") && has("{\"conversation\":"));
}

TEST_F(AdministrationTest, TracesAMessageWithoutSayingWhatItSays) {
  Person alice = world_.Joins("alice");
  Person bob = world_.Joins("bob");
  alice.Befriends(bob);
  alice.OpensChatWith(bob);
  bob.TalksIn(alice.conversation());
  const Acked sent = alice.Sends("a secret");
  bob.Receives("a secret");

  const std::string trace = chatctl_.Do({"trace", std::to_string(sent.message_id)});

  EXPECT_EQ(ValueOf("seq", trace), "1 of 1");
  EXPECT_TRUE(ValueOf("sender", trace).starts_with("alice"));
  EXPECT_TRUE(trace.contains(", online, read")) << trace;
  EXPECT_TRUE(trace.contains("bob (")) << trace;
  EXPECT_FALSE(trace.contains("secret")) << trace;
  EXPECT_EQ(chatctl_.Run({"trace", std::to_string(sent.message_id + 1)}).exit_code, 1);
}

TEST_F(AdministrationTest, RotatesKeysWithoutLoggingAnybodyOut) {
  Person alice = world_.Joins("alice");
  const std::string old_token = alice.login().access_token();
  ASSERT_TRUE(old_token.starts_with("v1.1.")) << "the first key";

  EXPECT_EQ(ValueOf("key_id", chatctl_.Do({"keys", "rotate"})), "2");

  // Both shards, wherever a connection comes to.
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(StatusOf(old_token), 200);
    EXPECT_TRUE(
        LogIn("alice", std::string(Person::kPassword)).body.access_token().starts_with("v1.2."));
  }
}

TEST_F(AdministrationTest, ServesNobodyWithoutTheToken) {
  const HttpClient client(server().admin());
  const std::filesystem::path token = server().data_folder() / "admin-token";
  EXPECT_EQ(std::filesystem::status(token).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

  for (const char* target : {"/admin/users/alice", "/admin/messages/1"}) {
    EXPECT_EQ(client.Get(target).status, 401);
    EXPECT_EQ(client.Do({.target = target, .access_token = std::string(43, 'x')}).status, 401);
  }
  Person alice = world_.Joins("alice");
  EXPECT_EQ(client
                .Do({.method = "DELETE",
                     .target = "/admin/users/alice",
                     .access_token = alice.login().access_token()})
                .status,
            401)
      << "a user's token is none";
  EXPECT_EQ(HttpClient(server().endpoint()).Get("/admin/users/alice").status, 404)
      << "the public port has no such thing";
  EXPECT_EQ(client.Get("/metrics").status, 200);
}

TEST_F(AdministrationTest, ChecksSettingsBesideTheRunningServer) {
  const std::string data_dir = "--data-dir=" + server().data_folder().string();

  const ChatctlAnswer good = chatctl_.Run({"check", data_dir});
  const ChatctlAnswer bad_flag = chatctl_.Run({"check", "--shards=none"});
  const ChatctlAnswer bad_file = chatctl_.Run({"check", data_dir, "--secret-file=absent"});
  const ChatctlAnswer no_redis =
      chatctl_.Run({"check", "--postgres=postgres://chat:s3cr3t@127.0.0.1:1/chat",
                    "--redis=redis://127.0.0.1:1"});

  EXPECT_EQ(good.exit_code, 0) << good.output << good.errors;
  EXPECT_FALSE(good.output.contains("WRONG")) << good.output;
  EXPECT_TRUE(good.output.contains("signing keys")) << good.output;
  EXPECT_EQ(bad_flag.exit_code, 1);
  EXPECT_TRUE(bad_flag.errors.contains("--shards")) << bad_flag.errors;
  EXPECT_EQ(bad_file.exit_code, 1);
  EXPECT_TRUE(bad_file.output.contains("WRONG secret")) << bad_file.output;
  EXPECT_EQ(no_redis.exit_code, 1);
  EXPECT_TRUE(no_redis.output.contains("WRONG store")) << no_redis.output;
  EXPECT_TRUE(no_redis.output.contains("WRONG redis")) << no_redis.output;
  EXPECT_FALSE(no_redis.output.contains("s3cr3t")) << no_redis.output;
}

TEST_F(AdministrationTest, DrainsTheServer) {
  chatctl_.Do({"drain"});

  EXPECT_EQ(server().ExitCode(), 0);
  const ChatctlAnswer gone = chatctl_.Run({"users", "show", "alice"});
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_TRUE(gone.errors.contains(server().admin().ToString())) << gone.errors;
}

}  // namespace
}  // namespace chat::testing
