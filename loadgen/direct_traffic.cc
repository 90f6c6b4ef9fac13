#include "loadgen/direct_traffic.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace chat::loadgen {
namespace {

constexpr std::size_t kViolationsKept = 10;

CrowdOptions HeardBy(CrowdListener* listener, CrowdOptions crowd) {
  crowd.listener = listener;
  return crowd;
}

// The same for all: what makes a message another one is its client_msg_id.
const std::string& Body() {
  static const std::string body(DirectTraffic::kBodyBytes, 'x');
  return body;
}

// Zero, which no message has, for what is no number.
std::uint64_t NumberOf(const std::string& client_msg_id) {
  std::uint64_t number = 0;
  std::from_chars(client_msg_id.data(), client_msg_id.data() + client_msg_id.size(), number);
  return number;
}

}  // namespace

DirectTraffic::DirectTraffic(CrowdOptions crowd, const std::vector<ConversationId>& conversations)
    : crowd_(HeardBy(this, std::move(crowd))) {
  pairs_.reserve(conversations.size());
  for (const ConversationId conversation : conversations) {
    pairs_.push_back({.conversation = conversation});
  }
  frame_.mutable_send()->set_text(Body());
}

void DirectTraffic::KeepInFlight(std::size_t sends) {
  closed_loop_ = true;
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
    for (std::size_t i = 0; i < sends; ++i) SendNow(pair, std::chrono::steady_clock::now());
  }
}

void DirectTraffic::Send(std::size_t pair, Instant at) {
  Pair& to = pairs_[pair];
  if (to.waiting.empty() && to.ledger.in_flight() < kInFlightMax) {
    SendNow(pair, at);
  } else {
    to.waiting.push_back(at);
  }
}

void DirectTraffic::Stop() {
  closed_loop_ = false;
  paused_.clear();
  for (Pair& pair : pairs_) pair.waiting.clear();
}

void DirectTraffic::Turn(std::chrono::nanoseconds wait) {
  ResumePaused();
  crowd_.Turn(wait);
}

void DirectTraffic::SendNow(std::size_t pair, Instant at) {
  Pair& to = pairs_[pair];
  const std::uint64_t number = to.ledger.Sent(at);
  frame_.set_ref(static_cast<std::uint32_t>(number));
  frame_.mutable_send()->set_conversation_id(to.conversation.number());
  frame_.mutable_send()->set_client_msg_id(std::to_string(number));
  ++counts_.sends;
  crowd_.Say(2 * pair, frame_);
}

void DirectTraffic::SendNext(std::size_t pair) {
  if (closed_loop_) return SendNow(pair, std::chrono::steady_clock::now());
  Pair& to = pairs_[pair];
  if (to.waiting.empty()) return;
  const Instant at = to.waiting.front();
  to.waiting.pop_front();
  SendNow(pair, at);
}

void DirectTraffic::ResumePaused() {
  while (!paused_.empty() && paused_.front().until <= std::chrono::steady_clock::now()) {
    const std::size_t pair = paused_.front().pair;
    paused_.pop_front();
    SendNext(pair);
  }
}

void DirectTraffic::Heard(std::size_t member, const v1::ServerFrame& frame) {
  const std::size_t pair = member / 2;
  if (frame.has_ack()) {
    HeardAck(pair, frame.ack());
  } else if (frame.has_message()) {
    HeardMessage(pair, frame.message());
  } else if (frame.has_error()) {
    HeardError(pair, frame);
  } else if (frame.has_gap()) {
    Violation(pair, "a gap: its client was too slow for the server, or entries were lost");
  }
}

void DirectTraffic::HeardAck(std::size_t pair, const v1::AckEvent& ack) {
  ++counts_.acks;
  const auto told = pairs_[pair].ledger.Acked(NumberOf(ack.client_msg_id()), ack.seq());
  Note(pair, told, latencies_.to_ack);
  if (told) SendNext(pair);
}

void DirectTraffic::HeardMessage(std::size_t pair, const v1::Message& message) {
  ++counts_.seen;
  if (message.text() != Body() || message.conversation_id() != pairs_[pair].conversation.number()) {
    Violation(pair, "something else was sent: " + message.ShortDebugString());
  }
  const std::uint64_t number = NumberOf(message.client_msg_id());
  Note(pair, pairs_[pair].ledger.Seen(number, message.seq()), latencies_.to_seen);
}

void DirectTraffic::HeardError(std::size_t pair, const v1::ServerFrame& frame) {
  const auto told = pairs_[pair].ledger.Refused(frame.ref());
  if (!told) return Violation(pair, "an error: " + frame.error().ShortDebugString());
  ++counts_.refused;
  paused_.push_back({.until = std::chrono::steady_clock::now() + kPauseAfterRefusal, .pair = pair});
}

void DirectTraffic::Note(std::size_t pair, const PairLedger::Told& told, Histogram& latency) {
  if (!told) return Violation(pair, told.error());
  if (*told < measured_from_ || *told >= measured_to_) return;
  latency.Record(std::chrono::steady_clock::now() - *told);
}

void DirectTraffic::Violation(std::size_t pair, const std::string& what) {
  ++counts_.violations;
  if (violations_.size() >= kViolationsKept) return;
  violations_.push_back("conversation " + pairs_[pair].conversation.ToString() + ": " + what);
}

bool DirectTraffic::settled() const {
  return std::ranges::all_of(pairs_, [](const Pair& pair) { return pair.ledger.settled(); });
}

}  // namespace chat::loadgen
