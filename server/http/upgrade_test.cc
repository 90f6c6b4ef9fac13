// The upgrade from HTTP to a WebSocket of a real hub, over real sockets.
#include "server/http/upgrade.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "protocol/websocket/frame_writer.h"
#include "server/core/hub.h"
#include "server/http/test_server.h"
#include "server/local/local_bus.h"
#include "server/local/local_rate_limits.h"
#include "server/net/connection_table.h"
#include "server/net/unavailable_store.h"

namespace chat::http {
namespace {

using websocket::Opcode;

constexpr std::string_view kStart = "GET /v1/ws?otp=good HTTP/1.1\r\n";
constexpr std::string_view kHost = "Host: chat.example:8080\r\n";
constexpr std::string_view kUpgrade = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
constexpr std::string_view kVersion = "Sec-WebSocket-Version: 13\r\n";
constexpr std::string_view kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr std::string_view kProtocol = "Sec-WebSocket-Protocol: other, chat.v1.json\r\n";

std::string Join(std::vector<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) joined.append(part);
  return joined + "\r\n";
}

// A good request with more fields.
std::string Handshake(std::string_view more = "", std::string_view start = kStart) {
  return Join({start, kHost, kUpgrade, kVersion, kKey, kProtocol, more});
}

std::string Heartbeat() {
  std::string bytes;
  websocket::AppendMaskedFrame(bytes, Opcode::kText, R"({"ref":9,"heartbeat":{}})", {1, 2, 3, 4});
  return bytes;
}

// "good" is let in.
asio::awaitable<std::expected<SessionOwner, Refusal>> Admit(UpgradeCredentials credentials) {
  const std::string shown =
      credentials.ticket.value_or(credentials.access_token.value_or("nothing"));
  if (shown == "good") co_return SessionOwner{.session_id = SessionId(5), .user_id = UserId(7)};
  if (shown == "down") {
    co_return std::unexpected(
        Refusal{ErrorCode::kUnavailable, "The store is down.", std::chrono::seconds(1)});
  }
  co_return std::unexpected(Refusal{ErrorCode::kUnauthenticated, "No valid ticket.", {}});
}

class UpgradeTest : public ::testing::Test {
 protected:
  UpgradeTest() : server_(Router(), MakeOptions()) {
    server_.OnShard([this] {
      hub_ = std::make_unique<Hub>(HubOptions(),
                                   HubPorts{server_.shard(), bus_, store_, store_, store_, store_,
                                            store_, unlimited_, store_},
                                   server_.shard().now());
      table_ = std::make_unique<net::ConnectionTable>(server_.shard(), *hub_,
                                                      net::ConnectionTableOptions());
      table_->Start();
    });
  }

  ~UpgradeTest() override {
    server_.OnShard([this] {
      table_.reset();
      hub_.reset();
    });
  }

  ServerOptions MakeOptions() {
    ServerOptions options;
    options.session.upgrade = UpgradeOptions{
        .allowed_origins = {"https://other.example"},
        .authenticate = Admit,
        .admit = [this]() -> std::expected<void, Refusal> {
          if (table_->size() < room_) return {};
          return std::unexpected(Refusal{ErrorCode::kUnavailable, "full", std::chrono::seconds(1)});
        },
        .accept = [this](net::NewWebSocket made) { table_->Add(std::move(made)); }};
    return options;
  }

  // All that is answered to `bytes` until the server closes.
  std::string Answer(std::string_view bytes) {
    RawClient client(server_.port());
    client.Send(bytes);
    return client.ReadToEnd();
  }

  std::size_t Connected() {
    std::size_t count = 0;
    server_.OnShard([&] { count = table_->size(); });
    return count;
  }

  std::size_t room_ = 100;
  LocalBus bus_;
  net::UnavailableStore store_;
  LocalRateLimits unlimited_{std::nullopt};
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<net::ConnectionTable> table_;
  TestServer server_;
};

TEST_F(UpgradeTest, AnswersTheHandshakeAndThenWelcomes) {
  RawClient client(server_.port());

  client.Send(Handshake());
  const std::string answer = client.ReadUntil("\"welcome\"");

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << answer;
  EXPECT_TRUE(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_TRUE(answer.contains("\r\nSec-WebSocket-Protocol: chat.v1.json\r\n"));
  EXPECT_EQ(Connected(), 1u);
}

TEST_F(UpgradeTest, TakesABearerTokenInsteadOfATicket) {
  RawClient client(server_.port());

  client.Send(Handshake("Authorization: Bearer good\r\n", "GET /v1/ws HTTP/1.1\r\n"));

  EXPECT_EQ(StatusesIn(client.ReadUntil("\"welcome\"")), "101");
}

TEST_F(UpgradeTest, TakesFramesThatCameBeforeTheAnswerAsFrames) {
  RawClient client(server_.port());

  client.Send(Handshake() + Heartbeat());

  EXPECT_TRUE(client.ReadUntil("\"heartbeat_ack\"").contains("\"ref\":9"));
}

TEST_F(UpgradeTest, NeverTakesASecondRequestAsARequest) {
  const std::string answer = Answer(Handshake() + "GET /v1/ws HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_EQ(StatusesIn(answer), "101");
  EXPECT_TRUE(answer.contains("\x03\xEA")) << "closed with 1002";
}

struct RefusedCase {
  std::string_view name;
  std::string request;
  std::string_view status;
};

TEST_F(UpgradeTest, RefusesEveryOtherRequest) {
  constexpr std::string_view kOtherKey = "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n";
  const std::vector<RefusedCase> cases = {
      {"no_upgrade", Join({kStart, kHost}), "426"},
      {"h2c", Join({kStart, kHost, "Upgrade: h2c\r\nConnection: Upgrade\r\n"}), "426"},
      {"no_connection_token",
       Join({kStart, kHost, "Upgrade: websocket\r\n", kVersion, kKey, kProtocol}), "426"},
      {"no_version", Join({kStart, kHost, kUpgrade, kKey, kProtocol}), "426"},
      {"old_version",
       Join({kStart, kHost, kUpgrade, kKey, kProtocol, "Sec-WebSocket-Version: 8\r\n"}), "426"},
      {"two_versions", Handshake("Sec-WebSocket-Version: 13\r\n"), "426"},
      {"no_key", Join({kStart, kHost, kUpgrade, kVersion, kProtocol}), "400"},
      {"short_key",
       Join({kStart, kHost, kUpgrade, kVersion, kProtocol, "Sec-WebSocket-Key: YWJj\r\n"}), "400"},
      {"two_keys", Handshake(kOtherKey), "400"},
      {"no_subprotocol", Join({kStart, kHost, kUpgrade, kVersion, kKey}), "400"},
      {"unknown_subprotocol",
       Join({kStart, kHost, kUpgrade, kVersion, kKey, "Sec-WebSocket-Protocol: chat\r\n"}), "400"},
      {"post", Handshake("", "POST /v1/ws?otp=good HTTP/1.1\r\n"), "405"},
      {"http_1_0", Handshake("", "GET /v1/ws?otp=good HTTP/1.0\r\n"), "400"},
      {"body", Handshake("Content-Length: 1\r\n") + "x", "400"},
      {"chunked_body", Handshake("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", "400"},
      {"bad_ticket", Handshake("", "GET /v1/ws?otp=bad HTTP/1.1\r\n"), "401"},
      {"no_ticket", Handshake("", "GET /v1/ws HTTP/1.1\r\n"), "401"},
      {"store_down", Handshake("", "GET /v1/ws?otp=down HTTP/1.1\r\n"), "503"},
  };

  for (const RefusedCase& refused : cases) {
    EXPECT_EQ(StatusesIn(Answer(refused.request)), refused.status) << refused.name;
  }
  EXPECT_EQ(Connected(), 0u);
}

TEST_F(UpgradeTest, LetsInOwnAndListedOriginsOnly) {
  for (const char* origin : {"http://chat.example:8080", "https://chat.example:8080",
                             "https://CHAT.example:8080", "https://other.example"}) {
    RawClient client(server_.port());
    client.Send(Handshake("Origin: " + std::string(origin) + "\r\n"));
    EXPECT_EQ(StatusesIn(client.ReadUntil("\r\n\r\n")), "101") << origin;
  }
  for (const char* origin :
       {"null", "https://chat.example", "https://chat.example:8081", "https://evil.example",
        "https://chat.example:8080.evil.example", "https://evil.chat.example:8080",
        "ftp://chat.example:8080", "http://other.example", "https://other.example.evil.example"}) {
    const std::string answer = Answer(Handshake("Origin: " + std::string(origin) + "\r\n"));
    EXPECT_EQ(StatusesIn(answer), "403") << origin;
    EXPECT_TRUE(answer.contains("origin_not_allowed")) << answer;
  }
}

TEST_F(UpgradeTest, RefusesTwoOrigins) {
  constexpr std::string_view kOrigin = "Origin: http://chat.example:8080\r\n";

  EXPECT_EQ(StatusesIn(Answer(Handshake(std::string(kOrigin) + std::string(kOrigin)))), "400");
}

TEST_F(UpgradeTest, SaysWhichVersionItServes) {
  const std::string answer = Answer(Join({kStart, kHost, kUpgrade, kKey, kProtocol}));

  EXPECT_TRUE(answer.contains("\r\nSec-WebSocket-Version: 13\r\n")) << answer;
}

TEST_F(UpgradeTest, RefusesWhenThereIsNoRoom) {
  room_ = 0;

  const std::string answer = Answer(Handshake());

  EXPECT_EQ(StatusesIn(answer), "503");
  EXPECT_TRUE(answer.contains("\r\nRetry-After: 1\r\n")) << answer;
}

TEST_F(UpgradeTest, ForgetsAConnectionThatItsClientReset) {
  {
    RawClient client(server_.port());
    client.Send(Handshake());
    client.ReadUntil("\"welcome\"");
    client.ResetOnClose();
  }

  bool is_empty = false;
  server_.Await([&]() -> asio::awaitable<void> {
    is_empty = co_await table_->WaitUntilEmpty(std::chrono::seconds(30));
  });

  EXPECT_TRUE(is_empty);
}

TEST_F(UpgradeTest, ClosesAllAndWaitsForThem) {
  RawClient client(server_.port());
  client.Send(Handshake());
  client.ReadUntil("\"welcome\"");

  server_.OnShard([&] { table_->CloseAll(websocket::CloseCode::kServerRestart, "restart"); });
  EXPECT_TRUE(client.ReadToEnd().contains("\x03\xF4")) << "1012";
  client.ShutdownSend();

  bool is_empty = false;
  server_.Await([&]() -> asio::awaitable<void> {
    is_empty = co_await table_->WaitUntilEmpty(std::chrono::seconds(30));
  });
  EXPECT_TRUE(is_empty);
}

}  // namespace
}  // namespace chat::http
