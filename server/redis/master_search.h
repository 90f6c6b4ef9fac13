// Asks the sentinels in turn where the master is, beginning with the one that knew it last.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>

#include "server/redis/connection.h"
#include "server/redis/failure.h"
#include "server/redis/redis_url.h"
#include "server/redis/tls.h"
#include "server/runtime/asio.h"

namespace chat::redis {

// Thread: the loop's. Lifetime: shorter than `url` and `tls`; not ended within `done`.
class MasterSearch {
 public:
  using Done = std::function<void(std::expected<Address, Failure>)>;

  // `url` has sentinels; `tls` is null without TLS.
  MasterSearch(asio::any_io_executor executor, const RedisUrl& url, const TlsClient* tls);
  ~MasterSearch() { Cancel(); }
  MasterSearch(const MasterSearch&) = delete;
  MasterSearch& operator=(const MasterSearch&) = delete;

  // One search at a time. `done` is called later, never within Start.
  // Limits: each sentinel has kAnswerDeadline to connect and as long to answer.
  void Start(Done done);

  // `done` is not called any more.
  void Cancel();

 private:
  void Ask();
  void EndConnection();
  void Take(const redisReply& reply);

  asio::any_io_executor executor_;
  const RedisUrl& url_;
  const TlsClient* tls_;
  Done done_;
  std::unique_ptr<Connection> connection_;
  std::size_t current_ = 0;
  std::size_t left_ = 0;
};

}  // namespace chat::redis
