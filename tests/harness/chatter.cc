#include "tests/harness/chatter.h"

#include <algorithm>
#include <utility>

#include "tests/harness/deadline.h"

namespace chat::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kBetweenTries{500};
constexpr milliseconds kUpgradePatience{3000};
constexpr milliseconds kBeforeSendingAgain{100};

}  // namespace

Chatter::Chatter(Person person) : person_(std::move(person)) {}

void Chatter::Turn(const std::vector<Endpoint>& nodes, std::size_t in_flight_max) {
  if (!connected_) TryToComeBack(nodes);
  if (!connected_) return;
  while (auto frame = person_.client().ReceiveIfThere()) Take(*frame);
  if (person_.client().ended() || IsTimeToLeave()) {
    connected_ = false;
    pulling_ = false;
    return;
  }
  if (!pulling_ && (!leave_at_ || !again_.empty())) Speak(leave_at_ ? 0 : in_flight_max);
}

bool Chatter::IsTimeToLeave() const {
  return leave_at_ && unacked_.empty() && steady_clock::now() >= *leave_at_;
}

void Chatter::TryToComeBack(const std::vector<Endpoint>& nodes) {
  const auto now = steady_clock::now();
  if (now < next_try_ || nodes.empty()) return;
  next_try_ = now + kBetweenTries;
  person_.MovesTo(nodes[next_node_++ % nodes.size()]);
  try {
    person_.Connects({.access_token = person_.api().access_token(), .patience = kUpgradePatience});
  } catch (const Surprise&) {
    // Not there, or cannot serve now: the next try is at another node.
    return;
  }
  connected_ = true;
  leave_at_.reset();
  ++comebacks_;
  Pulls();
}

void Chatter::Pulls() {
  v1::ClientFrame frame;
  v1::SyncCursor& cursor = *frame.mutable_sync()->add_cursors();
  cursor.set_conversation_id(person_.conversation().number());
  cursor.set_after_seq(seen_to_);
  pulling_ = true;
  person_.Send(frame);
}

void Chatter::Take(const v1::ServerFrame& frame) {
  switch (frame.body_case()) {
    case v1::ServerFrame::kAck:
      return TakeAck(frame.ack());
    case v1::ServerFrame::kMessage:
      if (frame.message().conversation_id() == person_.conversation().number()) {
        See(frame.message().seq(), frame.message().client_msg_id());
      }
      return;
    case v1::ServerFrame::kGap:
      if (!pulling_) Pulls();
      return;
    case v1::ServerFrame::kSyncDone:
      if (frame.sync_done().conversations(0).more()) return Pulls();
      pulling_ = false;
      return SayAgain();
    case v1::ServerFrame::kGoAway:
      leave_at_ = steady_clock::now() + milliseconds(frame.go_away().reconnect_after_ms());
      return;
    case v1::ServerFrame::kError:
      return TakeError(frame);
    default:
      return;
  }
}

void Chatter::TakeAck(const v1::AckEvent& ack) {
  const auto said = said_.find(ack.client_msg_id());
  if (said == said_.end()) {
    contradictions_.push_back("an ack for what was never sent: " + ack.ShortDebugString());
    return;
  }
  const Acked acked{.seq = ack.seq(), .message_id = ack.message_id()};
  if (said->second.acked && *said->second.acked != acked) {
    contradictions_.push_back("acked as another one: " + ack.ShortDebugString());
  }
  said->second.acked = acked;
  std::erase_if(unacked_, [&](const auto& entry) { return entry.second == ack.client_msg_id(); });
  See(ack.seq(), ack.client_msg_id());
  ++acks_;
  const auto now = steady_clock::now();
  longest_silence_ =
      std::max(longest_silence_, std::chrono::duration_cast<milliseconds>(now - last_ack_));
  last_ack_ = now;
}

// A refused sync is asked again, a refused message sent again.
void Chatter::TakeError(const v1::ServerFrame& frame) {
  ++refusals_;
  if (!frame.has_ref()) {
    pulling_ = false;
    return Pulls();
  }
  const auto refused = unacked_.find(frame.ref());
  if (refused == unacked_.end()) return;
  if (frame.error().code() != "unavailable" && frame.error().code() != "rate_limited") {
    contradictions_.push_back("refused: " + frame.ShortDebugString());
    return;
  }
  again_.insert(refused->first);
  send_again_at_ = steady_clock::now() + kBeforeSendingAgain;
}

void Chatter::See(std::int64_t seq, const std::string& client_msg_id) {
  const auto [at, added] = seen_.try_emplace(seq, client_msg_id);
  if (!added && at->second != client_msg_id) {
    contradictions_.push_back("seq " + std::to_string(seq) + " is both " + at->second + " and " +
                              client_msg_id);
  }
  while (seen_.contains(seen_to_ + 1)) ++seen_to_;
}

void Chatter::Speak(std::size_t in_flight_max) {
  if (!again_.empty() && steady_clock::now() >= send_again_at_) {
    for (const std::int64_t place : std::exchange(again_, {})) {
      if (unacked_.contains(place)) SendSaid(place);
    }
  }
  if (unacked_.empty()) last_ack_ = steady_clock::now();
  while (unacked_.size() < in_flight_max) {
    const std::int64_t place = ++said_count_;
    const std::string id = person_.name() + '-' + person_.device() + '-' + std::to_string(place);
    said_[id] = {.text = "text " + id, .acked = {}};
    unacked_[place] = id;
    SendSaid(place);
  }
}

void Chatter::SayAgain() {
  again_.clear();
  for (const auto& [place, id] : unacked_) SendSaid(place);
}

void Chatter::SendSaid(std::int64_t place) {
  const std::string& id = unacked_.at(place);
  v1::ClientFrame frame;
  frame.set_ref(static_cast<std::uint32_t>(place));
  v1::SendCommand& command = *frame.mutable_send();
  command.set_conversation_id(person_.conversation().number());
  command.set_client_msg_id(id);
  command.set_text(said_.at(id).text);
  person_.Send(frame);
}

std::vector<v1::Message> ReadHistory(const Person& reader) {
  std::vector<v1::Message> history;
  while (true) {
    const auto page = reader.api().Get<v1::ListMessagesResponse>(
        "/v1/conversations/" + reader.conversation().ToString() +
        "/messages?limit=200&after_seq=" + std::to_string(history.size()));
    if (page.status != 200) throw Surprise("no history: " + page.problem.code());
    if (page.body.messages().empty()) return history;
    for (const v1::Message& message : page.body.messages()) {
      if (message.seq() != static_cast<std::int64_t>(history.size()) + 1) {
        throw Surprise("a hole in the history before " + std::to_string(message.seq()));
      }
      history.push_back(message);
    }
  }
}

namespace {

constexpr std::size_t kViolationsMax = 20;

void CheckSaid(const Chatter& chatter, const std::vector<v1::Message>& history,
               std::vector<std::string>& found) {
  for (const auto& [id, said] : chatter.said()) {
    if (!said.acked) {
      found.push_back(id + " was never acked");
      continue;
    }
    const auto place = static_cast<std::size_t>(said.acked->seq) - 1;
    if (place >= history.size()) {
      found.push_back(id + " was acked and is lost");
    } else if (const v1::Message& kept = history[place];
               kept.client_msg_id() != id || kept.message_id() != said.acked->message_id ||
               kept.text() != said.text) {
      found.push_back(id + " was acked, but another entry stands in its place");
    }
  }
}

}  // namespace

std::vector<std::string> FindViolations(const std::vector<Chatter>& chatters,
                                        const std::vector<v1::Message>& history) {
  std::vector<std::string> found;
  std::map<std::string, int> times;
  for (const v1::Message& message : history) {
    if (++times[message.client_msg_id()] == 2) {
      found.push_back(message.client_msg_id() + " stands twice in the history");
    }
  }
  for (const Chatter& chatter : chatters) {
    CheckSaid(chatter, history, found);
    for (const std::string& contradiction : chatter.contradictions()) {
      found.push_back(contradiction);
    }
    if (!chatter.HasSeen(static_cast<std::int64_t>(history.size()))) {
      found.push_back(chatter.person().name() + " has not seen every entry");
    }
  }
  if (found.size() > kViolationsMax) found.resize(kViolationsMax);
  return found;
}

}  // namespace chat::testing
