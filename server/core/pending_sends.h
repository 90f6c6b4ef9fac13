// The sends of one shard that wait for their commit, and whom to answer.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "protocol/ids.h"
#include "server/core/connection_handle.h"
#include "server/core/events.h"
#include "server/core/moment.h"

namespace chat {

struct PendingSend {
  ConnectionHandle connection;
  Ref ref;
  ConversationId conversation_id;
  std::string client_msg_id;
  Instant sent_at{};
};

// Thread: the shard's. Lifetime: the hub's.
// Limits: the store bounds how many appends wait; each connection may have kSendsInFlightMax of
// them.
class PendingSends {
 public:
  static constexpr std::uint32_t kSendsInFlightMax = 256;

  // The number that names this send in its SendOrigin; never zero.
  std::uint64_t Add(PendingSend send) {
    sends_.emplace(++last_, std::move(send));
    return last_;
  }

  // Null once it was taken.
  const PendingSend* Find(std::uint64_t number) const {
    const auto at = sends_.find(number);
    return at == sends_.end() ? nullptr : &at->second;
  }

  bool IsFrom(std::uint64_t number, ConnectionHandle connection) const {
    const PendingSend* send = Find(number);
    return send != nullptr && send->connection == connection;
  }

  // Each send is answered once: whoever takes it answers.
  std::optional<PendingSend> Take(std::uint64_t number) {
    const auto at = sends_.find(number);
    if (at == sends_.end()) return std::nullopt;
    PendingSend send = std::move(at->second);
    sends_.erase(at);
    return send;
  }

  std::size_t size() const { return sends_.size(); }

 private:
  boost::unordered_flat_map<std::uint64_t, PendingSend> sends_;
  std::uint64_t last_ = 0;
};

}  // namespace chat
