#include "server/redis/broadcast.h"

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <cassert>
#include <csignal>
#include <utility>

namespace chat::redis {
namespace {

std::string MakeCanaryChannel(const RedisUrl& url, const RandomNumber& random) {
  std::string channel = url.channel() + ":canary";
  for (int count = 0; count < 4; ++count) channel += ':' + std::to_string(random());
  return channel;
}

BroadcastStatus StatusAfter(FailureKind kind) {
  switch (kind) {
    case FailureKind::kUnavailable:
      return BroadcastStatus::kUnavailable;
    case FailureKind::kUnsupported:
      return BroadcastStatus::kUnsupported;
  }
  return BroadcastStatus::kUnavailable;
}

}  // namespace

std::expected<std::unique_ptr<Broadcast>, std::string> Broadcast::Open(
    asio::any_io_executor executor, BroadcastOptions options) {
  std::signal(SIGPIPE, SIG_IGN);
  std::optional<TlsClient> tls;
  if (options.url.transport == Transport::kTls) {
    auto made = TlsClient::Make(options.url.ca_file);
    if (!made) return std::unexpected(std::move(made).error());
    tls = *std::move(made);
  }
  return std::unique_ptr<Broadcast>(
      new Broadcast(std::move(executor), std::move(options), std::move(tls)));
}

Broadcast::Broadcast(asio::any_io_executor executor, BroadcastOptions options,
                     std::optional<TlsClient> tls)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      tls_(std::move(tls)),
      canary_channel_(MakeCanaryChannel(options_.url, options_.random)),
      backoff_(options_.random),
      timer_(executor_) {
  if (options_.url.has_sentinels()) {
    search_ = std::make_unique<MasterSearch>(executor_, options_.url, this->tls());
  }
}

void Broadcast::Start(BroadcastListener& listener) {
  assert(listener_ == nullptr);
  listener_ = &listener;
  Connect();
}

void Broadcast::Stop() {
  listener_ = nullptr;
  timer_.cancel();
  if (search_ != nullptr) search_->Cancel();
  EndSession();
}

// One of its events may have brought us here: it is closed now and ends after that.
void Broadcast::EndSession() {
  if (session_ == nullptr) return;
  session_->Close();
  asio::post(executor_, [ended = std::move(session_)] {});
}

bool Broadcast::IsFull(std::size_t messages, std::size_t bytes) const {
  return messages > options_.waiting_messages_max || bytes > options_.waiting_bytes_max;
}

void Broadcast::Say(std::string message) {
  const bool is_connected = session_ != nullptr && session_->can_publish();
  if (!is_connected || message.size() > kMessageBytesMax ||
      IsFull(session_->unanswered().messages + 1, session_->unanswered().bytes + message.size())) {
    ++counters_.dropped;
    return;
  }
  ++counters_.said;
  counters_.said_bytes += message.size();
  session_->Publish(message);
}

bool Broadcast::Ask(std::span<const std::string_view> command, Connection::OnReply on_reply) {
  if (session_ == nullptr || !session_->can_publish()) return false;
  session_->Ask(command, std::move(on_reply));
  return true;
}

void Broadcast::Connect() {
  if (search_ == nullptr) return StartSession(options_.url.server);
  search_->Start([this](std::expected<Address, Failure> master) {
    if (!master) return TryLater(std::move(master).error());
    StartSession(*master);
  });
}

void Broadcast::StartSession(const Address& address) {
  session_ = std::make_unique<Session>(
      executor_,
      SessionOptions{.target = {.peer = Peer::kMaster,
                                .address = address,
                                .credentials = options_.url.credentials,
                                .database = options_.url.database,
                                .tls = tls()},
                     .channel = options_.url.channel(),
                     .canary_channel = canary_channel_,
                     .canary = &counters_.canary},
      SessionEvents{
          .on_joined = [this] { Join(); },
          .on_heard = [this](std::string_view message) { Hear(message); },
          .on_failed = [this](Failure failure) { TryLater(std::move(failure)); },
      });
  session_->Start();
}

void Broadcast::Join() {
  is_joined_ = true;
  backoff_.Reset();
  Change({.status = BroadcastStatus::kJoined, .detail = {}});
  listener_->Joined();
  for (const std::string& message : std::exchange(early_, {})) TellListener(message);
  early_bytes_ = 0;
}

void Broadcast::Hear(std::string_view message) {
  if (is_joined_) return TellListener(message);
  if (IsFull(early_.size() + 1, early_bytes_ + message.size())) {
    ++counters_.dropped;
    return;
  }
  early_bytes_ += message.size();
  early_.emplace_back(message);
}

void Broadcast::TellListener(std::string_view message) {
  ++counters_.heard;
  counters_.heard_bytes += message.size();
  listener_->Heard(message);
}

void Broadcast::TryLater(Failure failure) {
  EndSession();
  early_.clear();
  early_bytes_ = 0;
  const bool was_joined = std::exchange(is_joined_, false);
  Change({.status = StatusAfter(failure.kind), .detail = std::move(failure.sentence)});
  timer_.expires_after(backoff_.Next());
  timer_.async_wait([this, watch = lifetime_.watch()](const boost::system::error_code& error) {
    if (error || watch.is_over() || listener_ == nullptr) return;
    ++counters_.reconnects;
    Connect();
  });
  if (was_joined) listener_->Lost();
}

void Broadcast::Change(BroadcastState state) {
  if (state == state_) return;
  state_ = std::move(state);
  if (options_.on_change) options_.on_change(state_);
}

}  // namespace chat::redis
