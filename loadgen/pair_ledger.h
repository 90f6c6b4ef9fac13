// What is known of one pair's messages, one sender and one receiver in a conversation of their own:
// which were sent, which acked, which seen, and what of that breaks the server's promises.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <string>

namespace chat::loadgen {

// The promises: the receiver sees each seq once, in order and without a hole, an ack and what is
// seen agree about whose seq it is, and in the end everything acked was seen and nothing is left
// unanswered.
//
// Thread: one. Lifetime: the run's; forgets a message once it is both acked and seen.
class PairLedger {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  // When the message that is told of was meant to be sent; or, in one line, which promise is
  // broken.
  using Told = std::expected<Instant, std::string>;

  // The number of the message, from 1 on.
  std::uint64_t Sent(Instant at);

  Told Acked(std::uint64_t number, std::int64_t seq);
  Told Seen(std::uint64_t number, std::int64_t seq);

  // The server does not take it now. It may still be seen: a server that does not know what became
  // of a commit says so.
  Told Refused(std::uint64_t number);

  // Neither acked nor refused.
  std::size_t in_flight() const { return in_flight_; }

  // Everything sent was acked and seen, or refused.
  bool settled() const { return in_flight_ == 0 && unseen_ == 0; }

 private:
  enum class Answer : std::uint8_t { kNone, kAck, kRefusal };
  struct Outstanding {
    Instant at;
    Answer answer = Answer::kNone;
    std::int64_t acked_seq = 0;
    std::int64_t seen_seq = 0;
  };

  Outstanding* Find(std::uint64_t number);
  Told Settle(const Outstanding& message);

  // The first has the number `first_`.
  std::deque<Outstanding> outstanding_;
  std::uint64_t first_ = 1;
  std::int64_t last_seen_seq_ = 0;
  std::size_t in_flight_ = 0;
  // Acked, not seen.
  std::size_t unseen_ = 0;
};

}  // namespace chat::loadgen
