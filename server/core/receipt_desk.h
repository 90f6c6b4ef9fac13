// Receipts on one shard: what clients say they have got and read is gathered, stored at most once a
// second for each user and conversation, and then told to those who are connected.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "server/core/connection.h"
#include "server/core/events.h"
#include "server/core/moment.h"
#include "server/core/roster.h"
#include "server/ports/bus.h"
#include "server/ports/marks.h"

namespace chat {

struct ReceiptPorts {
  Marks& marks;
  Bus& bus;
};

// Thread: the shard's. Lifetime: the hub's; completions that come later than it are ignored.
// Limits: kPendingMax marks wait, kPendingOfUserMax of one user; those beyond are forgotten, as
// clients repeat their last ones.
class ReceiptDesk {
 public:
  static constexpr std::size_t kPendingMax = 10'000;
  static constexpr std::size_t kPendingOfUserMax = 1'000;

  // The ports and the roster outlive it.
  ReceiptDesk(std::uint32_t shard, ReceiptPorts ports, Roster& roster);
  ReceiptDesk(const ReceiptDesk&) = delete;
  ReceiptDesk& operator=(const ReceiptDesk&) = delete;

  // A client says how far it is. Positions below zero are refused; what names no conversation of
  // the user's comes to nothing in the store.
  void Receive(Connection& connection, Ref ref, const v1::ReceiptCommand& command);

  // Stores what waits, if the last time is long enough ago.
  void Advance(Instant now);

  // Stores what waits without waiting for the interval, while the store answers.
  void Hurry() { next_round_ = {}; }

  // Nothing waits and nothing is being stored.
  bool is_settled() const { return !storing_ && pending_.empty() && due_.empty(); }

  // Marks that moved, on this shard or another.
  void Heard(const std::vector<MarksMoved>& all) const;

 private:
  using Key = std::pair<ConversationId, UserId>;
  struct Pending {
    Seq delivered_seq;
    Seq read_seq;
    SignalOrigin origin;  // nobody's when several connections said something
  };
  using Waiting = std::map<Key, Pending>;

  void Add(const Key& key, const Pending& said);
  void StoreNext();
  void Stored(const Waiting& batch, Result<std::vector<MarksMoved>, ReadError> moved);
  void Publish(const Waiting& batch, std::vector<MarksMoved> all);

  std::uint32_t shard_;
  ReceiptPorts ports_;
  Roster& roster_;
  Waiting pending_;  // said since the last round
  boost::unordered_flat_map<UserId, std::size_t, std::hash<UserId>> pending_of_;  // how many
  Waiting due_;  // of this round, and not stored yet
  bool storing_ = false;
  Instant next_round_{};
  std::shared_ptr<ReceiptDesk*> self_;
};

}  // namespace chat
