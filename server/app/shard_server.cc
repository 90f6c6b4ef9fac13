#include "server/app/shard_server.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <utility>
#include <vector>

#include "server/app/health_routes.h"
#include "server/http/static_files.h"
#include "server/runtime/await.h"
#include "server/telemetry/log.h"
#include "server/web/web_files.h"

namespace chat::app {
namespace {

using telemetry::Log;
using telemetry::Severity;

// How long a client that is told to go should wait before it comes back.
constexpr std::chrono::milliseconds kReconnectAfter{1000};
constexpr std::chrono::milliseconds kSendsPatience{2000};
constexpr std::chrono::milliseconds kClosePatience{3000};
constexpr std::chrono::milliseconds kHttpPatience{2000};
static_assert(kSendsPatience + kClosePatience + kHttpPatience < ShardServer::kStopPatience);

HubOptions MakeHubOptions(const config::Config& config, std::uint32_t shard) {
  const bool limited = config.rate_limits == config::RateLimitMode::kDefault;
  return {.shard = shard,
          .node = config.node,
          .heartbeat_interval = config.heartbeat_interval,
          .heartbeat_timeout = config.heartbeat_timeout,
          .presence_grace = config.presence_grace,
          .rate_limits = limited ? RateLimits::kDefault : RateLimits::kOff,
          .outbox_limits = {}};
}

// The one line that a connection leaves in the log.
void LogEnded(const net::ConnectionEnded& ended) {
  // Ids are text, as in the contract: many readers of JSON round what is above 2^53.
  const std::string user = ended.owner.user_id.ToString();
  const std::string session = ended.owner.session_id.ToString();
  const std::string address = ended.client_address.ToString();
  Log(Severity::kInfo, "connection_ended",
      {{"user_id", user},
       {"session_id", session},
       {"address", address},
       {"by", net::NameOf(ended.by)},
       {"code", static_cast<std::int64_t>(ended.code ? std::to_underlying(*ended.code) : 0)},
       {"reason", ended.reason},
       {"duration_ms", ended.duration.count()}});
}

Refusal ToRefusal(auth::AuthError error) {
  switch (error) {
    case auth::AuthError::kUnauthenticated:
      return {ErrorCode::kUnauthenticated, "a valid ticket or access token is needed", {}};
    case auth::AuthError::kUnavailable:
      return {ErrorCode::kUnavailable, "sessions cannot be checked now", kReconnectAfter};
  }
  return {ErrorCode::kInternal, "", {}};
}

}  // namespace

ShardServer::ShardServer(runtime::Shard& shard, const SharedParts& shared)
    : shard_(shard),
      config_(shared.config),
      clock_(shared.clock),
      accounts_(shared.database, shard),
      sessions_(shared.database, shard),
      contacts_(shared.database, shard),
      conversations_(shared.database, shard),
      messages_(shared.database, shard),
      presence_records_(shared.database, shard),
      store_state_(shared.database, shard),
      hub_(MakeHubOptions(shared.config, shard.number()),
           {.home = shard,
            .bus = shared.bus,
            .messages = messages_,
            .conversations = conversations_,
            .presence_records = presence_records_},
           shard.now()),
      connections_(shard, hub_, {.on_ended = LogEnded}),
      authenticator_(shared.keyring, sessions_, shared.clock),
      issuer_(shared.keyring, shared.random, shared.clock),
      api_({.home = shard,
            .accounts = accounts_,
            .sessions = sessions_,
            .contacts = contacts_,
            .conversations = conversations_,
            .messages = messages_,
            .authenticator = authenticator_,
            .issuer = issuer_,
            .hasher = shared.hasher,
            .is_online = [this](UserId user) { return hub_.IsOnline(user); }}) {
  shared.bus.Subscribe({shard, [this](const BusMessage& message) { hub_.Handle(message); }});
  api_.AddRoutes(router_);
  AddHealthRoutes(router_, store_state_);
  AddPages();
}

void ShardServer::AddPages() {
  std::vector<http::EmbeddedFile> files;
  for (const web::WebFile& file : web::Files()) {
    files.push_back({file.path, file.content_type, file.bytes});
  }
  http::AddStaticFiles(router_, files);
}

http::SessionOptions ShardServer::MakeSessionOptions() {
  return {.router = &router_,
          .clock = &clock_,
          .upgrade = http::UpgradeOptions{
              .allowed_origins = config_.allowed_origins,
              .authenticate =
                  [this](http::UpgradeCredentials shown) { return Authenticate(std::move(shown)); },
              .has_room = [this] { return connections_.has_room(); },
              .accept = [this](net::NewWebSocket made) { connections_.Add(std::move(made)); }}};
}

void ShardServer::Serve(net::FileDescriptor listening_socket) {
  connections_.Start();
  http_.emplace(shard_.io_context().get_executor(), std::move(listening_socket),
                http::ServerOptions{.session = MakeSessionOptions(),
                                    .on_accept_pause =
                                        [](std::string_view why) {
                                          Log(Severity::kWarn, "accept_paused", {{"reason", why}});
                                        },
                                    .on_failure =
                                        [](std::string_view what) {
                                          Log(Severity::kError, "http_session_failed",
                                              {{"what", what}});
                                        }});
  http_->Start();
}

asio::awaitable<std::expected<SessionOwner, Refusal>> ShardServer::Authenticate(
    http::UpgradeCredentials shown) {
  using Checked = Result<SessionOwner, auth::AuthError>;
  const Checked owner = co_await runtime::Await<Checked>([&](auto done) {
    if (shown.ticket) {
      authenticator_.CheckTicket(*shown.ticket, std::move(done));
    } else {
      authenticator_.CheckAccessToken(shown.access_token.value_or(""), std::move(done));
    }
  });
  if (!owner) co_return std::unexpected(ToRefusal(owner.error()));
  co_return *owner;
}

asio::awaitable<void> ShardServer::WaitForSends() {
  constexpr std::chrono::milliseconds kStep{10};
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (auto waited = kStep; hub_.pending_sends() > 0 && waited < kSendsPatience; waited += kStep) {
    timer.expires_after(kStep);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> ShardServer::Stop() {
  http_->Drain();
  hub_.TellToGo(kReconnectAfter);
  co_await WaitForSends();
  connections_.CloseAll(websocket::CloseCode::kServerRestart, "the server restarts");
  co_await connections_.WaitUntilEmpty(kClosePatience);
  co_await http_->Stop(kHttpPatience);
}

telemetry::ShardSnapshot ShardServer::Snapshot() const {
  const HubCounters& hub = hub_.counters();
  const OutboxTotals& outboxes = hub_.outbox_totals();
  return {.shard = shard_.number(),
          .connections = connections_.size(),
          .frames_received = hub.frames_received,
          .invalid_frames = hub.invalid_frames,
          .sends = hub.sends,
          .acks = hub.acks,
          .bodies_delivered = hub.bodies_delivered,
          .heartbeat_timeouts = hub.heartbeat_timeouts,
          .gaps = outboxes.gaps,
          .bodies_shed = outboxes.bodies_shed,
          .slow_consumers = outboxes.overflows};
}

}  // namespace chat::app
