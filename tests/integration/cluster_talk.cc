#include "tests/integration/cluster_talk.h"

#include <poll.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace chat::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kInFlight = 4;
// So that the talk leaves the machine to the servers.
constexpr int kBreathMs = 2;
constexpr milliseconds kSettlePatience{30'000};

}  // namespace

ClusterTalk::ClusterTalk(ClusterWorld& world) : world_(world), places_(world.endpoints()) {
  Person alice = world.Joins("alice", 0);
  Person bob = world.Joins("bob", 1);
  alice.Befriends(bob);
  alice.OpensChatWith(bob);
  bob.OpensChatWith(alice);
  Person alices_laptop = world.JoinsAgain(alice, "laptop", 1);
  Person bobs_laptop = world.JoinsAgain(bob, "laptop", 0);
  chatters_.emplace_back(std::move(alice));
  chatters_.emplace_back(std::move(bob));
  chatters_.emplace_back(std::move(alices_laptop));
  chatters_.emplace_back(std::move(bobs_laptop));
}

void ClusterTalk::Turn(std::size_t in_flight_max) {
  for (Chatter& chatter : chatters_) chatter.Turn(places_, in_flight_max);
  ::poll(nullptr, 0, kBreathMs);
}

void ClusterTalk::Talk(milliseconds duration) {
  const Deadline end(duration);
  while (!end.passed()) Turn(kInFlight);
}

bool ClusterTalk::TalkUntil(const std::function<bool()>& holds, const Deadline& deadline) {
  while (!holds()) {
    if (deadline.passed()) return false;
    Turn(kInFlight);
  }
  return true;
}

void ClusterTalk::ExpectAcksWithin(milliseconds limit, std::size_t count) {
  std::vector<std::size_t> goals;
  for (const Chatter& chatter : chatters_) goals.push_back(chatter.acks() + count);
  const auto start = std::chrono::steady_clock::now();
  const auto all_acked = [&] {
    return std::ranges::equal(chatters_, goals, std::ranges::greater_equal(), &Chatter::acks);
  };
  EXPECT_TRUE(TalkUntil(all_acked, Deadline(limit)))
      << "no acks for somebody in " << limit.count() << " ms";
  const auto took = std::chrono::steady_clock::now() - start;
  std::cout << "acks for all again after " << std::chrono::duration_cast<milliseconds>(took).count()
            << " ms\n";
}

void ClusterTalk::ComeBackTo(std::vector<int> nodes) {
  places_.clear();
  for (const int node : nodes) places_.push_back(world_.node(node).endpoint());
}

std::size_t ClusterTalk::acks() const {
  std::size_t acks = 0;
  for (const Chatter& chatter : chatters_) acks += chatter.acks();
  return acks;
}

void ClusterTalk::Judge() {
  const Deadline deadline(kSettlePatience);
  while (!std::ranges::all_of(chatters_, &Chatter::settled) && !deadline.passed()) Turn(0);
  const std::vector<v1::Message> history = ReadHistory(chatters_.front().person());
  const auto head = static_cast<std::int64_t>(history.size());
  const auto seen = [&](const Chatter& chatter) { return chatter.HasSeen(head); };
  while (!std::ranges::all_of(chatters_, seen) && !deadline.passed()) Turn(0);

  std::size_t refusals = 0;
  std::size_t comebacks = 0;
  milliseconds silence{0};
  for (const Chatter& chatter : chatters_) {
    refusals += chatter.refusals();
    comebacks += chatter.comebacks();
    silence = std::max(silence, chatter.longest_silence());
  }
  std::cout << head << " entries, " << acks() << " acks, " << refusals << " sends refused, "
            << comebacks << " connections made again, longest silence " << silence.count()
            << " ms\n";
  EXPECT_GT(head, 0);
  for (const std::string& violation : FindViolations(chatters_, history)) {
    ADD_FAILURE() << violation;
  }
}

}  // namespace chat::testing
