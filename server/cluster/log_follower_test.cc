#include "server/cluster/log_follower.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "server/cluster/test_ports.h"

namespace chat::cluster {
namespace {

using namespace std::chrono_literals;

constexpr Epoch kOwn{10};
constexpr Epoch kOther{7};  // started before this node
constexpr Epoch kNew{11};   // starts later

LogPosition Other(std::uint64_t batch) { return {kOther, 0, batch}; }
LogPosition New(std::uint64_t batch) { return {kNew, 0, batch}; }
LogPosition Own(std::uint64_t batch) { return {kOwn, 0, batch}; }

class LogFollowerTest : public ::testing::Test {
 protected:
  // Moves time on in steps of 50 ms and answers what the log is asked.
  void Pass(std::chrono::milliseconds time) {
    for (auto passed = 0ms; passed < time; passed += 50ms) {
      now_.steady += 50ms;
      now_.wall += 50ms;
      follower_.Advance(now_);
      Answer();
    }
  }

  void Answer() {
    while (log_.AnswerHeads() || log_.AnswerRead()) {
    }
  }

  void Start() {
    follower_.Advance(now_);
    follower_.BroadcastJoined();
    Pass(100ms);
  }

  // Committed, and said to this node.
  void Commit(const LogPosition& position) {
    log_.Commit(position);
    Hear(position);
  }
  void Hear(const LogPosition& position) { follower_.Heard({position, EmptyBatch(position)}); }

  void CommitOwn(std::uint64_t batch) {
    log_.Commit(Own(batch));
    follower_.Committed(*EmptyBatch(Own(batch)));
  }

  std::vector<std::uint64_t> HandedOn() {
    std::vector<std::uint64_t> numbers;
    for (const LogPosition& position : shards_.TakeBatches()) numbers.push_back(position.batch);
    return numbers;
  }

  static FollowerOptions Options() {
    FollowerOptions options;
    options.origin = kOwn;
    options.held_max = 4;
    options.lanes_max = 8;
    options.reads_max = 2;
    return options;
  }

  using Numbers = std::vector<std::uint64_t>;

  ShardsBus shards_;
  HandLog log_;
  CountingTrack track_;
  Moment now_{Instant(1h), UnixTime(std::chrono::days(20'000))};
  LogFollower follower_{Options(), {shards_, log_, track_}};
};

TEST_F(LogFollowerTest, AsksNothingBeforeTheBroadcastIsDecided) {
  Pass(1'900ms);
  EXPECT_EQ(follower_.counts().head_checks, 0u);
  Pass(200ms);
  EXPECT_GT(follower_.counts().head_checks, 0u) << "it does not wait for ever";
}

TEST_F(LogFollowerTest, StartsWithoutTheBroadcastOnceThatIsLost) {
  follower_.Advance(now_);
  follower_.BroadcastLost();
  Pass(250ms);
  EXPECT_GT(follower_.counts().head_checks, 0u);
}

TEST_F(LogFollowerTest, HistoryIsNotHandedOnButAllAfterIt) {
  log_.Commit(Other(1));
  log_.Commit(Other(2));
  follower_.Advance(now_);
  follower_.BroadcastJoined();
  follower_.Advance(now_);  // asks for the heads
  Hear(Other(2));
  Hear(Other(3));
  EXPECT_EQ(HandedOn(), Numbers{}) << "the heads are not known yet";

  Answer();

  EXPECT_EQ(HandedOn(), Numbers{3});
}

TEST_F(LogFollowerTest, TheNextBatchIsHandedOnAtOnceAndARepeatIsDropped) {
  Start();
  for (const std::uint64_t batch : {1, 1, 2, 1, 3, 3}) Hear(Other(batch));
  EXPECT_EQ(HandedOn(), (Numbers{1, 2, 3}));
  EXPECT_EQ(follower_.counts().hints_repeated, 3u);
  EXPECT_EQ(follower_.counts().log_reads, 0u);
}

TEST_F(LogFollowerTest, LanesDoNotWaitForEachOther) {
  Start();
  Hear({kOther, 0, 2});
  Hear({kOther, 1, 1});
  EXPECT_EQ(shards_.TakeBatches(), (std::vector<LogPosition>{{kOther, 1, 1}}));
}

TEST_F(LogFollowerTest, AHoleIsReadBackBeforeWhatFollowsIt) {
  Start();
  Commit(Other(1));
  log_.Commit(Other(2));
  Commit(Other(3));
  Commit(Other(4));
  EXPECT_EQ(HandedOn(), Numbers{1});
  EXPECT_EQ(log_.read_calls.size(), 1u) << "one read at a time";

  Answer();

  EXPECT_EQ(HandedOn(), (Numbers{2, 3, 4}));
  EXPECT_EQ(track_.lost, 0);
}

TEST_F(LogFollowerTest, AHintWithoutItsBatchIsReadBack) {
  Start();
  log_.Commit(Other(1));
  follower_.Heard({Other(1), nullptr});
  EXPECT_EQ(HandedOn(), Numbers{});
  Answer();
  EXPECT_EQ(HandedOn(), Numbers{1});
}

TEST_F(LogFollowerTest, WhatDoesNotFitIsReadBack) {
  Start();
  for (std::uint64_t batch = 1; batch <= 20; ++batch) log_.Commit(Other(batch));
  for (std::uint64_t batch = 2; batch <= 20; ++batch) Hear(Other(batch));
  log_.page = 3;
  Answer();
  EXPECT_EQ(HandedOn().size(), 20u);
  Commit(Other(21));
  EXPECT_EQ(HandedOn(), Numbers{21});
}

TEST_F(LogFollowerTest, ALostHintIsNoticedByTheSecondCheck) {
  Start();
  log_.Commit(Other(1));
  Pass(1s);
  EXPECT_EQ(HandedOn(), Numbers{}) << "its hint may still be under way";
  Pass(1s);
  EXPECT_EQ(HandedOn(), Numbers{1});
}

TEST_F(LogFollowerTest, WhileTheBroadcastIsLostTheFirstCheckReads) {
  Start();
  follower_.BroadcastLost();
  log_.Commit(Other(1));
  Pass(250ms);
  EXPECT_EQ(HandedOn(), Numbers{1});
  log_.Commit(Other(2));
  Pass(250ms);
  EXPECT_EQ(HandedOn(), Numbers{2});
}

TEST_F(LogFollowerTest, WhatWasSaidBeforeTheBroadcastCameBackIsReadAtOnce) {
  Start();
  follower_.BroadcastLost();
  log_.Commit(Other(1));
  follower_.BroadcastJoined();
  Pass(50ms);
  EXPECT_EQ(HandedOn(), Numbers{1});
}

TEST_F(LogFollowerTest, ANodeThatStartsLaterIsHeardFromItsFirstBatch) {
  Start();
  log_.Commit(New(1));
  Commit(New(2));
  Answer();
  EXPECT_EQ(HandedOn(), (Numbers{1, 2}));
}

TEST_F(LogFollowerTest, AnOldNodeThatWasSilentForLongLostNothing) {
  Start();
  Commit(Other(57));  // 1 to 56 are older than the log remembers, and than this node
  Answer();
  EXPECT_EQ(HandedOn(), Numbers{57});
  EXPECT_EQ(track_.lost, 0);
}

TEST_F(LogFollowerTest, OwnBatchesAreNotHandedOnAgain) {
  Start();
  CommitOwn(1);
  Hear(Own(1));
  CommitOwn(2);
  Pass(3s);
  EXPECT_EQ(HandedOn(), Numbers{});
  EXPECT_EQ(follower_.counts().log_reads, 0u);
}

TEST_F(LogFollowerTest, AnOwnBatchThatTheStoreForgotToTellOfIsReadBack) {
  Start();
  CommitOwn(1);
  log_.Commit(Own(2));  // in doubt: committed, and nobody knows
  CommitOwn(3);
  Answer();
  EXPECT_EQ(HandedOn(), Numbers{2});
  log_.Commit(Own(4));
  Pass(3s);
  EXPECT_EQ(HandedOn(), Numbers{4});
}

TEST_F(LogFollowerTest, AnUnavailableLogIsTriedAgainMoreAndMoreRarely) {
  Start();
  log_.Commit(Other(1));
  log_.available = false;
  Commit(Other(2));
  Pass(10s);
  EXPECT_GE(follower_.counts().log_reads_failed, 4u);
  EXPECT_LE(follower_.counts().log_reads_failed, 8u);
  EXPECT_EQ(HandedOn(), Numbers{});
  log_.available = true;
  Pass(6s);
  EXPECT_EQ(HandedOn(), (Numbers{1, 2}));
}

TEST_F(LogFollowerTest, AForgottenBatchIsReportedAndTheRestHandedOn) {
  Start();
  Commit(Other(1));
  log_.Commit(Other(2));
  log_.Commit(Other(3));
  log_.Forget(kOther, 2);
  Pass(2'100ms);
  EXPECT_EQ(HandedOn(), (Numbers{1, 3}));
  EXPECT_EQ(track_.lost, 1);
  Pass(5s);
  EXPECT_EQ(track_.lost, 1);
}

TEST_F(LogFollowerTest, AForgottenEndOfALaneIsReported) {
  Start();
  Commit(Other(1));
  log_.Commit(Other(2));
  Pass(1s);  // seen by one check
  log_.Forget(kOther, 2);
  Pass(3s);
  EXPECT_EQ(track_.lost, 1);
}

TEST_F(LogFollowerTest, AfterALongPauseItStartsAllOver) {
  Start();
  Commit(Other(1));
  HandedOn();
  log_.Commit(Other(2));
  log_.Commit(Other(3));
  now_.steady += 9min;
  now_.wall += 9min;
  Pass(100ms);
  EXPECT_EQ(track_.lost, 1);
  EXPECT_EQ(HandedOn(), Numbers{}) << "clients pull it";
  Commit(Other(4));
  EXPECT_EQ(HandedOn(), Numbers{4});
}

TEST_F(LogFollowerTest, AMachineThatSleptIsNoticedByTheWallClock) {
  Start();
  now_.wall += 9min;
  Pass(2s);
  EXPECT_EQ(track_.lost, 1);
}

TEST_F(LogFollowerTest, AHintOfWhatWasNeverCommittedDoesNoHarm) {
  Start();
  Commit(Other(1));
  Hear(Other(1'000'000'000));
  follower_.Heard({New(99), nullptr});
  Pass(5s);
  Commit(Other(2));
  EXPECT_EQ(HandedOn(), (Numbers{1, 2}));
  EXPECT_EQ(track_.lost, 0);
}

TEST_F(LogFollowerTest, InventedLanesAreBoundedAndForgotten) {
  Start();
  for (std::int64_t origin = 100; origin < 200; ++origin) Hear({Epoch(origin), 0, 5});
  EXPECT_LE(log_.read_calls.size(), 2u);
  Pass(3s);
  EXPECT_LE(follower_.counts().log_reads, 20u);
  Commit(Other(1));
  EXPECT_EQ(HandedOn(), Numbers{1}) << "there is room again";
}

TEST_F(LogFollowerTest, TheHorizonIsWhenACheckBeganWhoseHeadsWereReached) {
  follower_.Advance(now_);
  follower_.BroadcastJoined();
  follower_.Advance(now_);
  const Instant began = now_.steady;
  Pass(100ms);
  ASSERT_EQ(shards_.horizons.size(), 1u);
  EXPECT_EQ(shards_.horizons[0],
            static_cast<CommitNumber>(std::chrono::nanoseconds(began.time_since_epoch()).count()));
  EXPECT_EQ(follower_.horizon(), began);
}

TEST_F(LogFollowerTest, TheHorizonWaitsForWhatTheCheckSaw) {
  Start();
  const std::size_t before = shards_.horizons.size();
  log_.Commit(Other(1));
  log_.page = 0;  // reads bring nothing for now
  Pass(1s);
  EXPECT_EQ(shards_.horizons.size(), before);
  log_.page = 100;
  Hear(Other(1));
  EXPECT_EQ(shards_.horizons.size(), before + 1);
}

TEST_F(LogFollowerTest, TheHorizonWaitsForOwnBatchesToo) {
  Start();
  const std::size_t before = shards_.horizons.size();
  log_.Commit(Own(1));
  Pass(1s);
  EXPECT_EQ(shards_.horizons.size(), before);
  follower_.Committed(*EmptyBatch(Own(1)));
  EXPECT_EQ(shards_.horizons.size(), before + 1);
}

TEST_F(LogFollowerTest, TheHorizonGrowsAboutOnceASecond) {
  Start();
  shards_.horizons.clear();
  Pass(10s);
  EXPECT_GE(shards_.horizons.size(), 9u);
  EXPECT_LE(shards_.horizons.size(), 11u);
  EXPECT_TRUE(std::ranges::is_sorted(shards_.horizons));
}

TEST_F(LogFollowerTest, AnAnswerAfterItsEndIsIgnored) {
  {
    LogFollower follower(Options(), {shards_, log_, track_});
    follower.BroadcastLost();
    now_.steady += 1s;
    follower.Advance(now_);
  }
  EXPECT_EQ(log_.head_calls.size(), 1u);
  Answer();
  EXPECT_TRUE(shards_.horizons.empty());
}

}  // namespace
}  // namespace chat::cluster
