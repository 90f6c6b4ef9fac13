#include "server/redis/master_search.h"

#include <boost/asio/post.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace chat::redis {
namespace {

std::optional<Address> AddressFrom(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) return std::nullopt;
  const redisReply* const host = reply.element[0];
  const redisReply* const port = reply.element[1];
  if (host == nullptr || port == nullptr || host->type != REDIS_REPLY_STRING ||
      port->type != REDIS_REPLY_STRING || host->len == 0) {
    return std::nullopt;
  }
  Address address{.host = std::string(host->str, host->len), .port = 0, .path = {}};
  const char* const end = port->str + port->len;
  const auto [stop, error] = std::from_chars(port->str, end, address.port);
  if (error != std::errc() || stop != end || address.port == 0) return std::nullopt;
  return address;
}

}  // namespace

MasterSearch::MasterSearch(asio::any_io_executor executor, const RedisUrl& url,
                           const TlsClient* tls)
    : executor_(std::move(executor)), url_(url), tls_(tls) {}

void MasterSearch::Start(Done done) {
  done_ = std::move(done);
  left_ = url_.sentinels.size();
  Ask();
}

void MasterSearch::Cancel() {
  done_ = nullptr;
  EndConnection();
}

// One of its events may have brought us here: it is closed now and ends after that.
void MasterSearch::EndConnection() {
  if (connection_ == nullptr) return;
  connection_->Close();
  asio::post(executor_, [ended = std::move(connection_)] {});
}

void MasterSearch::Ask() {
  connection_ = std::make_unique<Connection>(
      executor_,
      Target{.peer = Peer::kSentinel,
             .address = url_.sentinels[current_],
             .credentials = url_.sentinel_credentials,
             .database = 0,
             .tls = tls_},
      ConnectionEvents{
          .on_ready =
              [this] {
                const std::string_view command[] = {"SENTINEL", "get-master-addr-by-name",
                                                    url_.master_name};
                connection_->Send(command, [this](const redisReply& reply) { Take(reply); });
              },
          .on_message = nullptr,
          .on_failed =
              [this](Failure failure) {
                EndConnection();
                current_ = (current_ + 1) % url_.sentinels.size();
                if (--left_ > 0) return Ask();
                std::exchange(done_, nullptr)(std::unexpected(std::move(failure)));
              },
      });
  connection_->Open();
}

void MasterSearch::Take(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) return connection_->FailWith(DescribeErrorReply(reply));
  if (reply.type == REDIS_REPLY_NIL || (reply.type == REDIS_REPLY_ARRAY && reply.elements == 0)) {
    return connection_->FailWith("it does not know a master of the given name");
  }
  std::optional<Address> address = AddressFrom(reply);
  if (!address) return connection_->FailWith("it does not answer as a sentinel does");
  EndConnection();
  std::exchange(done_, nullptr)(*std::move(address));
}

}  // namespace chat::redis
