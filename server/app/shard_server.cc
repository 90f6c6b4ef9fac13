#include "server/app/shard_server.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <utility>
#include <vector>

#include "server/app/health_routes.h"
#include "server/http/rate_key.h"
#include "server/http/static_files.h"
#include "server/net/ip_address.h"
#include "server/runtime/await.h"
#include "server/telemetry/log.h"
#include "server/web/docs/docs_files.h"
#include "server/web/web_files.h"

namespace chat::app {
namespace {

using telemetry::Log;
using telemetry::Severity;

// How long a client that is refused now should wait before it comes back.
constexpr std::chrono::milliseconds kReconnectAfter{1000};
// How long a client that was told to go may stay beyond its moment, to leave by itself.
constexpr std::chrono::milliseconds kStay{300};
// Over how long clients go when the node lost track.
constexpr std::chrono::milliseconds kSendAwayWindow{2000};
constexpr std::chrono::milliseconds kClosePatience{3000};
constexpr std::chrono::milliseconds kReceiptPatience{1000};
constexpr std::chrono::milliseconds kHttpPatience{2000};
static_assert(Evacuation::kReconnectSpreadMax + kStay + Evacuation::kUnsettledMax + kClosePatience +
                  kReceiptPatience + kCheckDeadline <
              ShardServer::kDrainPatience);
static_assert(kHttpPatience < ShardServer::kStopPatience);

HubOptions MakeHubOptions(const config::Config& config, std::uint32_t shard) {
  return {.shard = shard,
          .node = config.node,
          .heartbeat_interval = config.heartbeat_interval,
          .heartbeat_timeout = config.heartbeat_timeout,
          .presence_grace = config.presence_grace,
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

// Their form was checked with the config.
std::vector<net::IpPrefix> ToPrefixes(const std::vector<std::string>& texts) {
  std::vector<net::IpPrefix> prefixes;
  for (const std::string& text : texts) {
    if (const auto prefix = net::IpPrefix::Parse(text)) prefixes.push_back(*prefix);
  }
  return prefixes;
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
      clock_(shared.backend.clock()),
      rate_limits_(shared.backend.rate_limits()),
      ports_(shared.backend.MakePorts(shard)),
      keys_(shard, {.first = shared.keyring,
                    .store = shared.backend.MakeSigningKeys(shard),
                    .random = shared.random,
                    .secret = shared.secret}),
      hub_(MakeHubOptions(shared.config, shard.number()),
           {.home = shard,
            .bus = shared.backend.bus(),
            .messages = *ports_.messages,
            .message_changes = *ports_.message_changes,
            .conversations = *ports_.conversations,
            .marks = *ports_.marks,
            .presence_records = *ports_.presence_records,
            .rate_limits = rate_limits_,
            .ended_sessions = *ports_.sessions},
           shard.now()),
      connections_(shard, hub_, {.on_ended = LogEnded}),
      authenticator_(keys_.keyring(), *ports_.sessions, clock_,
                     [this](auto done) { keys_.Refresh(std::move(done)); }),
      issuer_(keys_.keyring(), shared.random, clock_),
      hasher_(shared.hasher),
      api_(MakeApiPorts(rate_limits_)) {
  shared.backend.Subscribe({shard, [this](const BusMessage& message) { hub_.Handle(message); }});
  api_.AddRoutes(router_);
  AddHealthRoutes(router_, {.dependencies = ports_.dependencies,
                            .is_draining = [this] { return is_draining_; }});
  AddPages();
}

http::ApiPorts ShardServer::MakeApiPorts(RateLimits& rate_limits) {
  return {.home = shard_,
          .accounts = *ports_.accounts,
          .sessions = *ports_.sessions,
          .contacts = *ports_.contacts,
          .blocks = *ports_.blocks,
          .conversations = *ports_.conversations,
          .groups = *ports_.groups,
          .messages = *ports_.messages,
          .marks = *ports_.marks,
          .updates = *ports_.updates,
          .message_changes = *ports_.message_changes,
          .search = *ports_.search,
          .presence_records = *ports_.presence_records,
          .rate_limits = rate_limits,
          .authenticator = authenticator_,
          .issuer = issuer_,
          .hasher = hasher_,
          .is_online = [this](UserId user) { return hub_.IsOnline(user); }};
}

void ShardServer::AddPages() {
  std::vector<http::EmbeddedFile> files;
  for (const auto all : {web::Files(), web::DocsFiles()}) {
    for (const web::WebFile& file : all) {
      files.push_back({file.path, file.content_type, file.bytes});
    }
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
              .admit = [this] { return Admit(); },
              .accept = [this](net::NewWebSocket made) { connections_.Add(std::move(made)); }},
          .trusted_proxies = ToPrefixes(config_.trusted_proxies),
          .on_served = [this](const http::ServedRequest& served) { http_meter_.Count(served); }};
}

void ShardServer::Serve(net::FileDescriptor listening_socket) {
  connections_.Start();
  keys_.Start();
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
  const RateKey address = http::AddressKey(RateOperation::kConnect, shown.client_address);
  const auto wait = co_await runtime::Await<RateWait>(
      [&](auto done) { rate_limits_.Take(address, shard_, std::move(done)); });
  if (wait) {
    co_return std::unexpected(
        Refusal{ErrorCode::kRateLimited, "too many connections at once from here", wait});
  }
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

std::expected<void, Refusal> ShardServer::Admit() const {
  if (is_draining_) {
    return std::unexpected(
        Refusal{ErrorCode::kUnavailable, "the node is draining", kReconnectAfter});
  }
  if (connections_.has_room()) return {};
  return std::unexpected(
      Refusal{ErrorCode::kUnavailable, "too many are connected", kReconnectAfter});
}

EvacuationPace ShardServer::pace() const {
  return {.window_max = config_.drain,
          .stay = std::min<std::chrono::milliseconds>(config_.drain, kStay)};
}

asio::awaitable<void> ShardServer::Drain() {
  is_draining_ = true;
  http_->CloseAfterAnswers();
  shard_.BeginTurn();
  hub_.Evacuate(pace());
  // Ends by itself: everyone is told within the window and closed a bounded time after.
  while (!hub_.is_evacuated()) co_await TakeTurn();
  connections_.CloseAll(websocket::CloseCode::kServerRestart, "the server restarts");
  co_await connections_.WaitUntilEmpty(kClosePatience);
  co_await StoreLastReceipts();
  co_await SayThatAllAreGone();
}

asio::awaitable<void> ShardServer::TakeTurn() {
  constexpr std::chrono::milliseconds kStep{10};
  asio::steady_timer timer(co_await asio::this_coro::executor, kStep);
  co_await timer.async_wait(asio::use_awaitable);
  shard_.BeginTurn();  // moves the hub's time on
}

// What clients said in the last second. A store that is down gets one try.
asio::awaitable<void> ShardServer::StoreLastReceipts() {
  const auto end = std::chrono::steady_clock::now() + kReceiptPatience;
  hub_.HurryReceipts();
  while (!hub_.are_receipts_settled() && std::chrono::steady_clock::now() < end) {
    co_await TakeTurn();
  }
}

// What is said goes over the bus and comes back, and is then written down. The store's answer to a
// question that is asked later tells that this was done.
asio::awaitable<void> ShardServer::SayThatAllAreGone() {
  hub_.EndAllGraces();
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  co_await CheckAll(ports_.dependencies);
}

void ShardServer::SendAway() {
  if (!is_draining_) hub_.Evacuate({.window_max = kSendAwayWindow, .stay = kStay});
}

asio::awaitable<void> ShardServer::Stop() { co_await http_->Stop(kHttpPatience); }

telemetry::ShardSnapshot ShardServer::Snapshot() const {
  const HubCounters& hub = hub_.counters();
  const OutboxTotals& outboxes = hub_.outbox_totals();
  const net::ConnectionCounters& sockets = connections_.counters();
  return {.shard = shard_.number(),
          .connections = connections_.size(),
          .outbox_bytes = outboxes.bytes,
          .connections_opened = sockets.opened,
          .bytes_received = sockets.bytes_received,
          .bytes_sent = sockets.bytes_sent,
          .frames_received = hub.frames_received,
          .invalid_frames = hub.invalid_frames,
          .sends = hub.sends,
          .acks = hub.acks,
          .sends_refused = hub.sends_refused,
          .bodies_delivered = hub.bodies_delivered,
          .heartbeat_timeouts = hub.heartbeat_timeouts,
          .gaps = outboxes.gaps,
          .bodies_shed = outboxes.bodies_shed,
          .signals_shed = outboxes.signals_shed,
          .slow_consumers = outboxes.overflows,
          .send_ack_seconds = hub.send_ack_seconds,
          .send_visible_seconds = hub.send_visible_seconds,
          .http = http_meter_.measures()};
}

}  // namespace chat::app
