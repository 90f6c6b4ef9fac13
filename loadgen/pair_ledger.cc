#include "loadgen/pair_ledger.h"

namespace chat::loadgen {
namespace {

std::unexpected<std::string> Broken(const char* what, std::uint64_t number, std::int64_t seq) {
  return std::unexpected("message " + std::to_string(number) + ", seq " + std::to_string(seq) +
                         ": " + what);
}

}  // namespace

std::uint64_t PairLedger::Sent(Instant at) {
  outstanding_.push_back({.at = at});
  ++in_flight_;
  return first_ + outstanding_.size() - 1;
}

PairLedger::Outstanding* PairLedger::Find(std::uint64_t number) {
  if (number < first_ || number >= first_ + outstanding_.size()) return nullptr;
  return &outstanding_[number - first_];
}

PairLedger::Told PairLedger::Acked(std::uint64_t number, std::int64_t seq) {
  Outstanding* message = Find(number);
  if (message == nullptr || message->answer != Answer::kNone) {
    return Broken("an ack that nobody waits for", number, seq);
  }
  if (message->seen_seq != 0 && message->seen_seq != seq) {
    return Broken("acked with another seq than it was seen with", number, seq);
  }
  message->answer = Answer::kAck;
  message->acked_seq = seq;
  --in_flight_;
  if (message->seen_seq == 0) ++unseen_;
  return Settle(*message);
}

PairLedger::Told PairLedger::Seen(std::uint64_t number, std::int64_t seq) {
  if (seq != last_seen_seq_ + 1) {
    return Broken(seq <= last_seen_seq_ ? "seen again" : "seen after a hole", number, seq);
  }
  last_seen_seq_ = seq;
  Outstanding* message = Find(number);
  if (message == nullptr || message->seen_seq != 0) {
    return Broken("seen, but not sent or seen before", number, seq);
  }
  if (message->answer == Answer::kAck && message->acked_seq != seq) {
    return Broken("seen with another seq than it was acked with", number, seq);
  }
  message->seen_seq = seq;
  if (message->answer == Answer::kAck) --unseen_;
  return Settle(*message);
}

PairLedger::Told PairLedger::Refused(std::uint64_t number) {
  Outstanding* message = Find(number);
  if (message == nullptr || message->answer != Answer::kNone) {
    return Broken("a refusal that nobody waits for", number, 0);
  }
  message->answer = Answer::kRefusal;
  --in_flight_;
  return message->at;
}

PairLedger::Told PairLedger::Settle(const Outstanding& message) {
  const Instant at = message.at;
  while (!outstanding_.empty()) {
    const Outstanding& oldest = outstanding_.front();
    if (oldest.answer == Answer::kNone || oldest.seen_seq == 0) break;
    outstanding_.pop_front();
    ++first_;
  }
  return at;
}

}  // namespace chat::loadgen
