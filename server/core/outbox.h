// What waits to be written to one connection, bounded in bytes. Frames leave in the order they
// came; what differs is what may happen to them while they wait. Most are kept. Bodies (a
// conversation's entries and their changes) give way to one `gap` per conversation when the reader
// is too slow: the store still has them. Presence, receipts and typing are kept as the latest of
// their key and follow after the rest. Not a socket: net/ writes what Gather shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "protocol/envelope.h"
#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/core/presence_change.h"
#include "server/core/shared_frame.h"

namespace chat {

struct OutboxLimits {
  // Over it typing and receipts are dropped, then bodies become gaps. A body that finds nothing
  // waiting may exceed it.
  std::size_t bytes_max = kMebibyte;
  // What would exceed it even after shedding ends the connection as a slow consumer.
  std::size_t bytes_hard_max = 4 * kMebibyte;
};

// What waits in the outboxes of one shard, and what they gave up since the start, for its metrics.
struct OutboxTotals {
  std::size_t bytes = 0;  // the sum of their bytes()
  std::uint64_t signals_shed = 0;
  std::uint64_t bodies_shed = 0;
  std::uint64_t gaps = 0;  // markers queued
  std::uint64_t overflows = 0;
};

// The frames that wait for one connection. Empty, it owns no heap memory.
//
// Limits: bytes() stays within bytes_hard_max, or overflowed() is true.
// Thread: the shard's. Lifetime: the connection's; `limits` and `totals` outlive it.
class Outbox {
 public:
  Outbox(Encoding encoding, const OutboxLimits& limits, OutboxTotals& totals);
  ~Outbox();

  // A frame that is kept until written: acks, errors, contacts, conversations, pages of `sync`.
  void Push(WireFrame frame);

  // An entry or a change of `conversation`; `seq` and `change` are the conversation's heads as of
  // this frame. Over bytes_max every body that waits, except one partly written, gives way to a gap
  // of its conversation, which stands where the first of them stood. While a gap waits it only
  // takes on the heads of later bodies.
  void PushBody(WireFrame frame, ConversationId conversation, Seq seq, Change change);

  // Takes the place of what waits for the same user.
  void PushPresence(const PresenceChange& change);

  // All whom the client watches from now on, as they are now: what waits of anyone is out of date.
  void PushPresenceSnapshot(WireFrame frame);

  // Takes the place of what waits for the same user in the same conversation; dropped when over
  // bytes_max.
  void PushTyping(WireFrame frame, ConversationId conversation, UserId user);
  void PushReceipt(WireFrame frame, ConversationId conversation, UserId user);

  // The bytes to write next, in order, at most `parts.size()` pieces; returns how many were filled:
  // none only when empty(). The first may be the rest of a frame. The views stay valid until the
  // next push or Consume.
  [[nodiscard]] std::size_t Gather(std::span<std::string_view> parts);

  // The first `bytes` of what Gather showed were written. No push may come between the two.
  void Consume(std::size_t bytes);

  bool empty() const { return state_ == nullptr; }

  // What is left to write. A gap and a presence count as kSignalBytesMax until they are encoded.
  std::size_t bytes() const;

  // Something would have exceeded bytes_hard_max. It and all that came later was dropped: close
  // with 4008.
  bool overflowed() const { return overflowed_; }

  // The longest wire frame of a gap or of one user's presence.
  static constexpr std::size_t kSignalBytesMax = 128;

 private:
  enum class SignalKind : std::uint8_t;
  struct Signal;
  struct State;
  class Accounting;

  State& Open();
  bool Admit(std::size_t more);
  void DropSignals();
  void PushSignal(Signal signal);
  void DropPresence();
  void Shed();
  void AddGap(ConversationId conversation, Seq seq, Change change);

  const OutboxLimits* limits_;
  OutboxTotals* totals_;
  std::unique_ptr<State> state_;  // none while empty
  Encoding encoding_;
  bool overflowed_ = false;
};

}  // namespace chat
