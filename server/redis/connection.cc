#include "server/redis/connection.h"

#include <boost/system/error_code.hpp>
#include <utility>

namespace chat::redis {
namespace {

bool IsText(const redisReply* reply) {
  return reply != nullptr &&
         (reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS);
}

std::string_view TextOf(const redisReply& reply) { return {reply.str, reply.len}; }

bool IsList(const redisReply& reply, std::size_t least) {
  return reply.type == REDIS_REPLY_ARRAY && reply.elements >= least;
}

constexpr std::string_view kNotRedis = "it does not answer as Redis does";

}  // namespace

std::string_view FindFaultOfRole(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) return DescribeErrorReply(reply);
  if (!IsList(reply, 1) || !IsText(reply.element[0])) return kNotRedis;
  const std::string_view role = TextOf(*reply.element[0]);
  if (role == "master") return "";
  if (role == "slave") return "it is a replica, not a master";
  if (role == "sentinel") return "it is a sentinel, not a Redis; use redis+sentinel://";
  return kNotRedis;
}

Connection::Connection(const asio::any_io_executor& executor, Target target,
                       ConnectionEvents events)
    : target_(std::move(target)), events_(std::move(events)), dialer_(executor), timer_(executor) {}

void Connection::Open() {
  open_deadline_ = std::chrono::steady_clock::now() + kAnswerDeadline;
  Watch(open_deadline_);
  dialer_.Dial(target_.address, [this](std::expected<Dialer::Socket, std::string> socket) {
    if (!socket) return FailWith(socket.error());
    Begin(*std::move(socket));
  });
}

void Connection::Begin(Dialer::Socket socket) {
  TlsSession session;
  if (target_.tls != nullptr) {
    session = target_.tls->NewSession(target_.address.host);
    if (session == nullptr) return FailWith("TLS cannot begin");
  }
  auto made = Stream::Make(std::move(socket), std::move(session));
  if (!made) return FailWith(made.error());
  stream_ = *std::move(made);
  stream_->Start({.on_reply = [this](const redisReply& reply) { Take(reply); },
                  .on_broken = [this](const std::string& why) { FailWith(why); }});
  Greet();
}

// All at once: an answer that is not as it should be ends the connection, and those after it.
void Connection::Greet() {
  const Credentials& credentials = target_.credentials;
  if (!credentials.password.empty()) {
    if (credentials.user.empty()) {
      AskForOk({"AUTH", credentials.password});
    } else {
      AskForOk({"AUTH", credentials.user, credentials.password});
    }
  }
  if (target_.peer == Peer::kSentinel) {
    Ask({"PING"}, [this](const redisReply& reply) {
      if (reply.type == REDIS_REPLY_ERROR) return FailWith(DescribeErrorReply(reply));
      BecomeReady();
    });
    return;
  }
  // Before SELECT, which a Redis Cluster refuses with an error that says less.
  Ask({"INFO", "cluster"}, [this](const redisReply& reply) { CheckMode(reply); });
  if (target_.database != 0) AskForOk({"SELECT", std::to_string(target_.database)});
  Ask({"ROLE"}, [this](const redisReply& reply) { CheckRole(reply); });
}

void Connection::AskForOk(std::initializer_list<std::string_view> command) {
  Ask(command, [this](const redisReply& reply) {
    if (reply.type == REDIS_REPLY_ERROR) return FailWith(DescribeErrorReply(reply));
    if (!IsText(&reply) || TextOf(reply) != "OK") FailWith(kNotRedis);
  });
}

void Connection::CheckMode(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) return FailWith(DescribeErrorReply(reply));
  if (!IsText(&reply)) return FailWith(kNotRedis);
  if (!TextOf(reply).contains("cluster_enabled:1")) return;
  Fail({.kind = FailureKind::kUnsupported,
        .sentence = "Redis at " + target_.address.ToString() +
                    " runs in cluster mode, which is not supported: give a Redis without it, "
                    "or Sentinel."});
}

void Connection::CheckRole(const redisReply& reply) {
  const std::string_view fault = FindFaultOfRole(reply);
  if (!fault.empty()) return FailWith(fault);
  BecomeReady();
}

void Connection::BecomeReady() {
  is_ready_ = true;
  events_.on_ready();
}

void Connection::Ask(std::initializer_list<std::string_view> command, OnReply on_reply) {
  Send(std::span(command.begin(), command.size()), std::move(on_reply));
}

void Connection::Send(std::span<const std::string_view> command, OnReply on_reply) {
  if (is_closed_ || stream_ == nullptr) return;
  const Time deadline =
      is_ready_ ? std::chrono::steady_clock::now() + kAnswerDeadline : open_deadline_;
  pending_.push_back({.deadline = deadline, .on_reply = std::move(on_reply)});
  stream_->Send(command);
  Watch(deadline);
}

void Connection::Subscribe(std::span<const std::string_view> channels,
                           std::function<void()> on_subscribed) {
  if (is_closed_ || stream_ == nullptr) return;
  is_subscribed_ = true;
  on_subscribed_ = std::move(on_subscribed);
  unconfirmed_channels_ = channels.size();
  const Time deadline = std::chrono::steady_clock::now() + kAnswerDeadline;
  for (const std::string_view channel : channels) {
    pending_.push_back({.deadline = deadline, .on_reply = nullptr});
    const std::string_view command[] = {"SUBSCRIBE", channel};
    stream_->Send(command);
  }
  Watch(deadline);
}

void Connection::Take(const redisReply& reply) {
  if (is_subscribed_) return TakePushed(reply);
  if (pending_.empty()) {
    // As when there are too many clients: an error that comes before any command was answered.
    return FailWith(reply.type == REDIS_REPLY_ERROR ? DescribeErrorReply(reply) : kNotRedis);
  }
  OnReply on_reply = std::move(pending_.front().on_reply);
  pending_.pop_front();
  on_reply(reply);
}

void Connection::TakePushed(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) return FailWith(DescribeErrorReply(reply));
  if (!IsList(reply, 3) || !IsText(reply.element[0]) || !IsText(reply.element[1])) {
    return FailWith(kNotRedis);
  }
  const std::string_view kind = TextOf(*reply.element[0]);
  if (kind == "message" && IsText(reply.element[2])) {
    events_.on_message(TextOf(*reply.element[1]), TextOf(*reply.element[2]));
    return;
  }
  if (kind != "subscribe" || unconfirmed_channels_ == 0) return FailWith(kNotRedis);
  pending_.pop_front();
  if (--unconfirmed_channels_ == 0) on_subscribed_();
}

void Connection::Watch(Time until) {
  if (is_timing_) return;  // For an earlier deadline: it looks again then.
  is_timing_ = true;
  timer_.expires_at(until);
  timer_.async_wait([this, watch = lifetime_.watch()](const boost::system::error_code& error) {
    if (error || watch.is_over()) return;
    is_timing_ = false;
    CheckDeadlines();
  });
}

void Connection::CheckDeadlines() {
  if (is_closed_) return;
  const Time now = std::chrono::steady_clock::now();
  const bool opens_too_long = !is_ready_ && now >= open_deadline_;
  const bool answers_too_late = !pending_.empty() && now >= pending_.front().deadline;
  if (opens_too_long || answers_too_late) return FailWith("it does not answer in time");
  if (!pending_.empty()) Watch(pending_.front().deadline);
}

void Connection::FailWith(std::string_view why) {
  const std::string_view name = target_.peer == Peer::kSentinel ? "The sentinel" : "Redis";
  std::string sentence(name);
  sentence += " at " + target_.address.ToString() + " is not usable: ";
  sentence += why;
  sentence += '.';
  Fail({.kind = FailureKind::kUnavailable, .sentence = std::move(sentence)});
}

void Connection::Fail(Failure failure) {
  if (is_closed_) return;
  Close();
  events_.on_failed(std::move(failure));
}

void Connection::Close() {
  if (is_closed_) return;
  is_closed_ = true;
  timer_.cancel();
  dialer_.Cancel();
  if (stream_ != nullptr) stream_->Close();
}

}  // namespace chat::redis
