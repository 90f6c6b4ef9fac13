#include "server/redis/session.h"

#include <boost/system/error_code.hpp>
#include <charconv>
#include <utility>

namespace chat::redis {

Session::Session(const asio::any_io_executor& executor, SessionOptions options,
                 SessionEvents events)
    : executor_(executor),
      options_(std::move(options)),
      events_(std::move(events)),
      timer_(executor) {}

void Session::Start() {
  publisher_ = Connect([this] {
    is_publisher_ready_ = true;
    BeginChecks();
  });
  subscriber_ = Connect([this] { Subscribe(); });
}

std::unique_ptr<Connection> Session::Connect(std::function<void()> on_ready) {
  auto connection = std::make_unique<Connection>(
      executor_, options_.target,
      ConnectionEvents{
          .on_ready = std::move(on_ready),
          .on_message = [this](std::string_view channel,
                               std::string_view message) { Hear(channel, message); },
          .on_failed = [this](Failure failure) { Fail(std::move(failure)); },
      });
  connection->Open();
  return connection;
}

void Session::Subscribe() {
  const std::string_view channels[] = {options_.channel, options_.canary_channel};
  subscriber_->Subscribe(channels, [this] {
    is_subscribed_ = true;
    BeginChecks();
  });
}

void Session::BeginChecks() {
  if (!is_publisher_ready_ || !is_subscribed_) return;
  SayToItself();
  WaitForNextCheck();
}

void Session::WaitForNextCheck() {
  timer_.expires_after(kCheckInterval);
  timer_.async_wait([this, watch = lifetime_.watch()](const boost::system::error_code& error) {
    if (!error && !watch.is_over() && !is_closed_) Check();
  });
}

void Session::Check() {
  const bool is_deaf = !unheard_.empty() &&
                       std::chrono::steady_clock::now() >= unheard_.front().said_at + kUnheardMax;
  if (is_deaf) {
    ++options_.canary->silences;
    return subscriber_->FailWith("what is said through it is not heard back");
  }
  SayToItself();
  CheckRole();
  WaitForNextCheck();
}

void Session::SayToItself() {
  ++options_.canary->said;
  const std::string number = std::to_string(++last_canary_);
  unheard_.push_back({.number = last_canary_, .said_at = std::chrono::steady_clock::now()});
  const std::string_view command[] = {"PUBLISH", options_.canary_channel, number};
  publisher_->Send(command, [this](const redisReply& reply) { CheckReceivers(reply, 1); });
}

// A Redis that became a replica still takes and spreads what is said, but only to its own clients.
void Session::CheckRole() {
  const std::string_view command[] = {"ROLE"};
  publisher_->Send(command, [this](const redisReply& reply) {
    const std::string_view fault = FindFaultOfRole(reply);
    if (!fault.empty()) publisher_->FailWith(fault);
  });
}

void Session::Publish(std::string_view message) {
  const std::size_t bytes = message.size();
  const long long receivers_least = is_subscribed_ ? 1 : 0;
  ++unanswered_.messages;
  unanswered_.bytes += bytes;
  const std::string_view command[] = {"PUBLISH", options_.channel, message};
  publisher_->Send(command, [this, bytes, receivers_least](const redisReply& reply) {
    --unanswered_.messages;
    unanswered_.bytes -= bytes;
    CheckReceivers(reply, receivers_least);
  });
}

void Session::CheckReceivers(const redisReply& reply, long long least) {
  if (reply.type == REDIS_REPLY_ERROR) return publisher_->FailWith(DescribeErrorReply(reply));
  if (reply.type != REDIS_REPLY_INTEGER) {
    return publisher_->FailWith("it does not answer as Redis does");
  }
  if (reply.integer < least) {
    ++options_.canary->silences;
    publisher_->FailWith("it spreads what is said to nobody, though this node is subscribed");
  }
}

void Session::Hear(std::string_view channel, std::string_view message) {
  if (channel == options_.channel) return events_.on_heard(message);
  if (channel == options_.canary_channel) HearItself(message);
}

void Session::HearItself(std::string_view message) {
  std::uint64_t number = 0;
  std::from_chars(message.data(), message.data() + message.size(), number);
  while (!unheard_.empty() && unheard_.front().number <= number) {
    if (unheard_.front().number == number) CountHeard(unheard_.front());
    unheard_.pop_front();
  }
  if (std::exchange(is_joined_, true)) return;
  events_.on_joined();
}

void Session::CountHeard(const Canary& canary) {
  CanaryMeasures& measures = *options_.canary;
  measures.heard_at = std::chrono::steady_clock::now();
  measures.round_trips.Add(measures.heard_at - canary.said_at);
  ++measures.heard;
}

void Session::Fail(Failure failure) {
  if (is_closed_) return;
  Close();
  events_.on_failed(std::move(failure));
}

void Session::Close() {
  is_closed_ = true;
  is_publisher_ready_ = false;
  timer_.cancel();
  if (publisher_ != nullptr) publisher_->Close();
  if (subscriber_ != nullptr) subscriber_->Close();
}

}  // namespace chat::redis
