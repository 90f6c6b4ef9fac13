// Somebody who talks through everything: keeps sending in one conversation, and when the server
// goes away, is slow or refuses, comes back on another node as the contract tells a client to: sync
// from the last entry seen, then send again what was not acked, with the same ids. Never blocks for
// long, so that one test moves many of them and breaks their servers meanwhile.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "tests/harness/person.h"
#include "tests/harness/socket.h"

namespace chat::testing {

// What a chatter knows of one message of its own.
struct Said {
  std::string text;
  // Empty until it is acked.
  std::optional<Acked> acked;
};

// Thread: one. Lifetime: the test's.
class Chatter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `person` is logged in, connected, and in the conversation it is to talk in.
  explicit Chatter(Person person);

  // Takes what has arrived, and sends until `in_flight_max` wait for their ack. When the connection
  // has ended, tries the next one of `nodes`, with half a second between two tries.
  void Turn(const std::vector<Endpoint>& nodes, std::size_t in_flight_max);

  // Everything it sent is acked.
  bool settled() const { return connected_ && !pulling_ && unacked_.empty(); }
  // It has seen every entry up to `head`, its own included, live or by a sync.
  bool HasSeen(std::int64_t head) const { return seen_to_ >= head; }
  // Asks for what is behind the last entry seen, as a client does that suspects to have missed one.
  void Pulls();

  Person& person() { return person_; }
  const Person& person() const { return person_; }
  // By client_msg_id.
  const std::map<std::string, Said>& said() const { return said_; }
  std::size_t acks() const { return acks_; }
  // The longest time between two acks while something waited for one.
  std::chrono::milliseconds longest_silence() const { return longest_silence_; }
  // Sends that were answered with `unavailable`, and connections that were lost.
  std::size_t refusals() const { return refusals_; }
  std::size_t comebacks() const { return comebacks_; }
  // An entry came whose seq was seen with another id: two entries in one place.
  const std::vector<std::string>& contradictions() const { return contradictions_; }

 private:
  void Take(const v1::ServerFrame& frame);
  void TakeAck(const v1::AckEvent& ack);
  // Goes elsewhere once everything is acked and the moment has come that the server named.
  bool IsTimeToLeave() const;
  void TakeError(const v1::ServerFrame& frame);
  void See(std::int64_t seq, const std::string& client_msg_id);
  void Speak(std::size_t in_flight_max);
  void SayAgain();
  void TryToComeBack(const std::vector<Endpoint>& nodes);
  void SendSaid(std::int64_t place);

  Person person_;
  std::map<std::string, Said> said_;
  std::map<std::int64_t, std::string> unacked_;  // by the place in which they were said
  std::map<std::int64_t, std::string> seen_;     // client_msg_id by seq
  std::int64_t seen_to_ = 0;                     // all up to here were seen
  std::int64_t said_count_ = 0;
  bool connected_ = true;
  bool pulling_ = false;
  std::optional<Time> leave_at_;  // the server is about to go
  std::set<std::int64_t> again_;  // places that were refused
  Time send_again_at_{};
  Time next_try_{};
  Time last_ack_ = std::chrono::steady_clock::now();
  std::size_t next_node_ = 0;
  std::size_t acks_ = 0;
  std::size_t refusals_ = 0;
  std::size_t comebacks_ = 0;
  std::chrono::milliseconds longest_silence_{0};
  std::vector<std::string> contradictions_;
};

// What several chatters in one conversation have to agree on in the end: each of their acks stands
// in `history` as it was given, nothing stands there twice, nothing is missing, and everybody has
// seen everything. What is wrong, a line each, at most 20.
std::vector<std::string> FindViolations(const std::vector<Chatter>& chatters,
                                        const std::vector<v1::Message>& history);

// The whole history of the conversation, as `reader` gets it over HTTP.
//
// Errors: throws Surprise when the server refuses, or leaves a hole between two entries.
std::vector<v1::Message> ReadHistory(const Person& reader);

}  // namespace chat::testing
