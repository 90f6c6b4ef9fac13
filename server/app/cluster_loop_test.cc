#include "server/app/cluster_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "server/local/local_bus.h"
#include "server/runtime/shard.h"
#include "server/runtime/system_clock.h"

namespace chat::app {
namespace {

constexpr Epoch kOwn(7);
constexpr std::chrono::seconds kDeadline{10};

// A log that has only what other nodes never wrote.
class EmptyLog final : public CommitLog {
 public:
  explicit EmptyLog(Executor& home) : home_(home) {}

  void ReadHeads(Completion<std::vector<LogPosition>, ReadError> done) override {
    home_.Post([done = std::move(done)]() mutable { done(std::vector<LogPosition>()); });
  }
  void ReadAfter(
      LogPosition,
      Completion<std::vector<std::shared_ptr<const CommitBatch>>, ReadError> done) override {
    home_.Post([done = std::move(done)]() mutable {
      done(std::vector<std::shared_ptr<const CommitBatch>>());
    });
  }

 private:
  Executor& home_;
};

class OnlyNode final : public Nodes {
 public:
  explicit OnlyNode(Executor& home) : home_(home) {}

  void Renew(Completion<NodeLeases, ReadError> done) override {
    home_.Post([done = std::move(done)]() mutable { done(NodeLeases{.own = kOwn, .others = {}}); });
  }
  void End(NodeLease, std::vector<UserId>, Completion<bool, ReadError> done) override {
    home_.Post([done = std::move(done)]() mutable { done(false); });
  }

 private:
  Executor& home_;
};

class CountingBroadcast final : public Broadcast {
 public:
  explicit CountingBroadcast(std::atomic<int>& said) : said_(said) {}
  void Say(std::string) override { ++said_; }

 private:
  std::atomic<int>& said_;
};

class ClusterLoopTest : public ::testing::Test {
 protected:
  void Start() {
    loop_.Start({.to_shards = to_shards_,
                 .log = std::make_unique<EmptyLog>(loop_.executor()),
                 .nodes = std::make_unique<OnlyNode>(loop_.executor()),
                 .broadcast = broadcast_},
                kOwn, [] {});
    loop_.executor().Post([this] { loop_.Joined(); });
  }

  // Waits until the loop reports what `holds` asks for.
  template <typename Holds>
  bool Await(Holds holds) {
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (!holds(loop_.report())) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  runtime::SystemClock clock_;
  LocalBus to_shards_;
  std::atomic<int> said_ = 0;
  CountingBroadcast broadcast_{said_};
  ClusterLoop loop_{clock_};
};

TEST_F(ClusterLoopTest, GetsReadyByItself) {
  Start();

  EXPECT_TRUE(Await([](const ClusterReport& report) { return report.state.ready(); }));
  EXPECT_EQ(loop_.report().state.own, kOwn);
}

TEST_F(ClusterLoopTest, TellsTheShardsHowFarTheyAreByTheClockOfReads) {
  runtime::Shard shard({.number = 0, .clock = &clock_});
  const auto before = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  std::promise<CommitNumber> told;
  to_shards_.Subscribe({shard, [&](const BusMessage& message) {
                          const auto& batch = std::get<std::shared_ptr<const CommitBatch>>(message);
                          told.set_value(batch->number);
                          shard.Stop();
                        }});
  shard.Start();

  Start();

  auto number = told.get_future();
  ASSERT_EQ(number.wait_for(kDeadline), std::future_status::ready);
  const std::chrono::nanoseconds at(number.get());
  EXPECT_GE(at, before);
  EXPECT_LE(at, std::chrono::steady_clock::now().time_since_epoch());
  loop_.Stop();
  shard.Join();
}

TEST_F(ClusterLoopTest, SaysWhatWasPublishedBeforeItsEnd) {
  Start();
  ASSERT_TRUE(Await([](const ClusterReport& report) { return report.state.own == kOwn; }));
  auto batch = std::make_shared<CommitBatch>();
  batch->position = {.origin = kOwn, .lane = 0, .batch = 1};
  loop_.executor().Post([this, batch] { loop_.Handle(std::shared_ptr<const CommitBatch>(batch)); });
  const int said_before = said_;

  loop_.Stop();

  EXPECT_GE(said_, said_before);
  EXPECT_EQ(loop_.report().counts.hints_said, 1u);
}

}  // namespace
}  // namespace chat::app
