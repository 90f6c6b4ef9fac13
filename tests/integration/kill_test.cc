// `kill -9`, again and again, with sends in flight: nothing that was acked is lost, nothing that
// was sent again is doubled, and `seq` has no hole.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "tests/harness/chat_world.h"
#include "tests/harness/deadline.h"
#include "tests/harness/person.h"

namespace chat::testing {
namespace {

constexpr int kRounds = 50;
constexpr int kAcksPerRoundMin = 20;
constexpr std::size_t kInFlight = 16;

// What the client knows of one message.
struct Sent {
  std::string text;
  // How many the same connection sent before.
  std::size_t place = 0;
  Acked acked;
};

// One connection that always has sends in flight, and sends again what was not acked when it comes
// back.
class Sender {
 public:
  explicit Sender(Person person) : person_(std::move(person)) {}

  void ComesBack(ChatWorld& world) {
    world.Seat(person_);
    for (const std::string& id : unacked_) person_.BeginsToSendAs(id, sent_.at(id).text);
    sent_again_ += unacked_.size();
  }

  void KeepsSending() {
    while (unacked_.size() < kInFlight) {
      const std::size_t place = sent_.size();
      const std::string id = person_.name() + '-' + person_.device() + '-' + std::to_string(place);
      sent_[id] = {.text = "text " + id, .place = place, .acked = {}};
      unacked_.push_back(id);
      person_.BeginsToSendAs(id, sent_.at(id).text);
    }
  }

  // Takes the acks that have arrived; how many.
  int TakesAcks() {
    int acks = 0;
    while (auto frame = person_.client().ReceiveIfThere()) {
      if (!frame->has_ack()) continue;
      Take(frame->ack());
      ++acks;
    }
    return acks;
  }

  void TakesAllAcks() {
    while (!unacked_.empty()) Take(person_.Next(v1::ServerFrame::kAck).ack());
  }

  Person& person() { return person_; }
  const std::map<std::string, Sent>& sent() const { return sent_; }
  std::size_t in_flight() const { return unacked_.size(); }
  std::size_t sent_again() const { return sent_again_; }

 private:
  // What is sent again is acked when it is found, which may be later than what follows it.
  void Take(const v1::AckEvent& ack) {
    ASSERT_EQ(std::erase(unacked_, ack.client_msg_id()), 1u) << ack.client_msg_id();
    sent_.at(ack.client_msg_id()).acked = {.seq = ack.seq(), .message_id = ack.message_id()};
  }

  Person person_;
  std::map<std::string, Sent> sent_;
  std::deque<std::string> unacked_;
  std::size_t sent_again_ = 0;
};

class KillTest : public ::testing::Test {
 protected:
  KillTest() {
    Person alice = world_.Joins("alice");
    Person bob = world_.Joins("bob");
    alice.Befriends(bob);
    alice.OpensChatWith(bob);
    bob.OpensChatWith(alice);
    Person alices_laptop = world_.JoinsAgain(alice, "laptop");
    Person bobs_laptop = world_.JoinsAgain(bob, "laptop");
    senders_.emplace_back(std::move(alice));
    senders_.emplace_back(std::move(bob));
    senders_.emplace_back(std::move(alices_laptop));
    senders_.emplace_back(std::move(bobs_laptop));
  }

  // Sends from all connections until enough was acked, and goes on sending up to the kill.
  void SendUntilEnoughAcks() {
    const Deadline deadline;
    int acks = 0;
    while (acks < kAcksPerRoundMin) {
      ASSERT_FALSE(deadline.passed()) << "only " << acks << " acks came";
      for (Sender& sender : senders_) {
        sender.KeepsSending();
        acks += sender.TakesAcks();
      }
    }
    for (Sender& sender : senders_) sender.KeepsSending();
    acks_ += acks;
  }

  void KillAndComeBack() {
    for (Sender& sender : senders_) {
      ASSERT_GT(sender.in_flight(), 0u);
      in_flight_ += sender.in_flight();
    }
    world_.server().Kill();
    world_.server().Restart();
    for (Sender& sender : senders_) sender.ComesBack(world_);
  }

  // The rest of the history; checks that it goes on densely, and keeps it.
  void ReadHistory() {
    Person& reader = senders_.front().person();
    while (true) {
      const auto page = reader.api().Get<v1::ListMessagesResponse>(
          "/v1/conversations/" + reader.conversation().ToString() +
          "/messages?limit=200&after_seq=" + std::to_string(history_.size()));
      ASSERT_EQ(page.status, 200);
      for (const v1::Message& message : page.body.messages()) {
        ASSERT_EQ(message.seq(), static_cast<std::int64_t>(history_.size()) + 1) << "a hole";
        history_.push_back(message);
      }
      if (page.body.messages().empty()) return;
    }
  }

  // Every ack so far is kept by the history, as it was given.
  void CheckAcked() {
    for (const Sender& sender : senders_) {
      for (const auto& [id, sent] : sender.sent()) {
        if (sent.acked.seq == 0) continue;
        ASSERT_LE(sent.acked.seq, static_cast<std::int64_t>(history_.size())) << id << " is lost";
        const v1::Message& kept = history_[static_cast<std::size_t>(sent.acked.seq) - 1];
        ASSERT_EQ(kept.client_msg_id(), id);
        ASSERT_EQ(kept.message_id(), sent.acked.message_id);
        ASSERT_EQ(kept.text(), sent.text);
      }
    }
  }

  void CheckNothingIsDoubled() {
    std::set<std::string> ids;
    for (const v1::Message& message : history_) {
      EXPECT_TRUE(ids.insert(message.client_msg_id()).second) << message.client_msg_id();
    }
    std::size_t sent = 0;
    for (const Sender& sender : senders_) sent += sender.sent().size();
    EXPECT_EQ(history_.size(), sent) << "each message exactly once";
  }

  // What one connection sent stands in the order in which it was sent.
  void CheckOrderOfEachSender() {
    for (const Sender& sender : senders_) {
      std::size_t next = 0;
      for (const v1::Message& message : history_) {
        const auto found = sender.sent().find(message.client_msg_id());
        if (found == sender.sent().end()) continue;
        EXPECT_EQ(found->second.place, next) << message.client_msg_id();
        next = found->second.place + 1;
      }
    }
  }

  void PrintTotals() const {
    std::size_t sent_again = 0;
    for (const Sender& sender : senders_) sent_again += sender.sent_again();
    std::cout << kRounds << " kills, " << acks_ << " acks before them, " << in_flight_
              << " sends in flight at them, " << sent_again << " sent again, " << history_.size()
              << " entries in the end\n";
  }

  ChatWorld world_{{.encoding = Encoding::kProtobuf, .shards = 2}};
  std::vector<Sender> senders_;
  std::vector<v1::Message> history_;
  int acks_ = 0;
  std::size_t in_flight_ = 0;
};

TEST_F(KillTest, FiftyKillsLoseDoubleAndSkipNothing) {
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    ASSERT_NO_FATAL_FAILURE(SendUntilEnoughAcks());
    ASSERT_NO_FATAL_FAILURE(KillAndComeBack());
    ASSERT_NO_FATAL_FAILURE(ReadHistory());
    ASSERT_NO_FATAL_FAILURE(CheckAcked());
  }

  for (Sender& sender : senders_) sender.TakesAllAcks();
  ASSERT_NO_FATAL_FAILURE(ReadHistory());

  CheckAcked();
  CheckNothingIsDoubled();
  CheckOrderOfEachSender();
  PrintTotals();
}

}  // namespace
}  // namespace chat::testing
