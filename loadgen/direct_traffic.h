// Pairs of users that talk over real connections: the senders send, the receivers only hear. Says
// what was sent, acked and seen, how long that took, and what broke a promise.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "loadgen/crowd.h"
#include "loadgen/histogram.h"
#include "loadgen/pair_ledger.h"
#include "protocol/chat.pb.h"
#include "protocol/ids.h"

namespace chat::loadgen {

struct DirectCounts {
  std::uint64_t sends = 0;
  std::uint64_t acks = 0;
  std::uint64_t seen = 0;
  // Not taken by the server for now, as `unavailable`.
  std::uint64_t refused = 0;
  std::uint64_t violations = 0;
};

// Of the messages that were meant to be sent while it was measured.
struct DirectLatencies {
  Histogram to_ack;
  Histogram to_seen;
};

// Thread: one. Lifetime: the run's.
// Limits: a pair has no more than kInFlightMax unacked sends; further ones wait here, and their
// latency goes on from when they were meant to be sent.
class DirectTraffic final : private CrowdListener {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  // Below what a server takes of one connection.
  static constexpr std::size_t kInFlightMax = 200;
  static constexpr std::chrono::milliseconds kPauseAfterRefusal{100};
  static constexpr std::size_t kBodyBytes = 100;

  // The members of `crowd` are two for each conversation: its sender, then its receiver.
  DirectTraffic(CrowdOptions crowd, const std::vector<ConversationId>& conversations);

  // From now on every sender keeps so many sends unacked.
  void KeepInFlight(std::size_t sends);
  // One send that was meant for `at`.
  void Send(std::size_t pair, Instant at);
  // Nothing more is sent.
  void Stop();

  void Turn(std::chrono::nanoseconds wait);

  void StartMeasuring(Instant now) { measured_from_ = now; }
  void StopMeasuring(Instant now) { measured_to_ = now; }

  std::size_t pairs() const { return pairs_.size(); }
  const Crowd& crowd() const { return crowd_; }
  const DirectCounts& counts() const { return counts_; }
  const DirectLatencies& latencies() const { return latencies_; }
  // The first ones.
  const std::vector<std::string>& violations() const { return violations_; }
  // All that was sent was acked and seen, or refused.
  bool settled() const;

 private:
  struct Pair {
    ConversationId conversation;
    PairLedger ledger = {};
    // Meant to be sent, but too many are unacked.
    std::deque<Instant> waiting = {};
  };
  struct Paused {
    Instant until;
    std::size_t pair;
  };

  void Heard(std::size_t member, const v1::ServerFrame& frame) override;
  void HeardAck(std::size_t pair, const v1::AckEvent& ack);
  void HeardMessage(std::size_t pair, const v1::Message& message);
  void HeardError(std::size_t pair, const v1::ServerFrame& frame);
  void SendNow(std::size_t pair, Instant at);
  void SendNext(std::size_t pair);
  void ResumePaused();
  // Records the latency of what a ledger told, or what is wrong.
  void Note(std::size_t pair, const PairLedger::Told& told, Histogram& latency);
  void Violation(std::size_t pair, const std::string& what);

  std::vector<Pair> pairs_;
  Crowd crowd_;
  // Refilled for each send.
  v1::ClientFrame frame_;
  bool closed_loop_ = false;
  std::deque<Paused> paused_;
  DirectCounts counts_;
  DirectLatencies latencies_;
  std::vector<std::string> violations_;
  // Of what was meant to be sent between them, latencies are kept; nothing at first.
  Instant measured_from_ = Instant::max();
  Instant measured_to_ = Instant::max();
};

}  // namespace chat::loadgen
