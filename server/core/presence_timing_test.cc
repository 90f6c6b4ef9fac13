// When a user goes offline: ten seconds after the last connection closed, or at once when it was
// silent for thirty. Tracker and wheel together, in virtual time that moves in turns of a loop.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

#include "protocol/limits.h"
#include "server/core/deadline_wheel.h"
#include "server/core/presence_tracker.h"

namespace chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr UserId kAlice(1);
constexpr UnixTime kNoon{std::chrono::sys_days(std::chrono::January / 2 / 2026) +
                         std::chrono::hours(12)};

struct Client : DeadlineWheelEntry {
  explicit Client(UserId its_user) : user(its_user) {}
  UserId user;
};

// One shard's clients, and what was told of them.
class PresenceTimingTest : public testing::Test {
 protected:
  static UnixTime Wall(Instant at) { return kNoon + at.time_since_epoch(); }

  // Turns the loop every 20 ms until `time` after the start.
  void RunUntil(milliseconds time) {
    while (now_ < Instant(time)) {
      now_ += milliseconds(20);
      Turn();
    }
  }

  Client& Connect(UserId user) {
    clients_.push_back(std::make_unique<Client>(user));
    tracker_.Connected(user, {now_, Wall(now_)});
    wheel_.Add(*clients_.back(), now_);
    return *clients_.back();
  }

  void Close(Client& client) {
    wheel_.Remove(client);
    tracker_.Disconnected({{SessionId(1), client.user}, Departure::kClosed, Wall(now_)}, now_);
  }

  void Heartbeat(Client& client) { DeadlineWheel::Touch(client, now_); }

  bool ToldOffline() const { return !told_.empty() && !told_.back().online; }

  std::vector<PresenceTransition> told_;

 private:
  void Turn() {
    wheel_.Advance(now_, [&](DeadlineWheelEntry& entry) {
      const auto& client = static_cast<Client&>(entry);
      tracker_.Disconnected(
          {{SessionId(1), client.user}, Departure::kSilent, Wall(client.last_activity())}, now_);
    });
    for (const PresenceTransition& transition : tracker_.Advance(now_)) {
      told_.push_back(transition);
    }
  }

  Instant now_{};
  PresenceTracker tracker_{0, kPresenceGraceDefault};
  DeadlineWheel wheel_{kHeartbeatTimeoutDefault, now_};
  std::vector<std::unique_ptr<Client>> clients_;
};

TEST_F(PresenceTimingTest, IsOnlineUntil10SecondsAfterACloseAndOfflineThen) {
  Client& client = Connect(kAlice);
  RunUntil(seconds(2));
  Close(client);

  RunUntil(seconds(2) + milliseconds(9'900));
  EXPECT_FALSE(ToldOffline());
  RunUntil(seconds(2) + milliseconds(10'100));
  ASSERT_TRUE(ToldOffline());
  EXPECT_EQ(told_.back().at, kNoon + seconds(2));
}

TEST_F(PresenceTimingTest, IsOnlineUntil30SecondsOfSilenceAndOfflineThen) {
  Client& client = Connect(kAlice);
  RunUntil(seconds(2));
  Heartbeat(client);

  RunUntil(seconds(2) + milliseconds(29'900));
  EXPECT_FALSE(ToldOffline());
  RunUntil(seconds(2) + milliseconds(30'100));
  ASSERT_TRUE(ToldOffline());
  EXPECT_EQ(told_.back().at, kNoon + seconds(2));
}

TEST_F(PresenceTimingTest, TellsNothingOfAReconnectWithinTheGrace) {
  Close(Connect(kAlice));
  RunUntil(milliseconds(9'900));
  Client& back = Connect(kAlice);

  for (seconds time{10}; time <= seconds(60); ++time) {
    RunUntil(time);
    Heartbeat(back);
  }

  ASSERT_EQ(told_.size(), 1u);
  EXPECT_TRUE(told_[0].online);
}

TEST_F(PresenceTimingTest, TellsNothingOfASilentConnectionWhileAnotherBeats) {
  Connect(kAlice);
  Client& alive = Connect(kAlice);

  for (seconds time{5}; time <= seconds(60); time += seconds(5)) {
    RunUntil(time);
    Heartbeat(alive);
  }

  ASSERT_EQ(told_.size(), 1u);
  EXPECT_TRUE(told_[0].online);
}

}  // namespace
}  // namespace chat
