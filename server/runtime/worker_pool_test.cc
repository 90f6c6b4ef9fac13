#include "server/runtime/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <optional>

namespace chat::runtime {
namespace {

TEST(WorkerPoolTest, RunsSubmittedWorkOnAnotherThread) {
  std::latch done(1);
  std::thread::id ran_on;
  WorkerPool pool({.threads = 1, .queued_max = 4});

  ASSERT_TRUE(pool.Submit([&] {
    ran_on = std::this_thread::get_id();
    done.count_down();
  }));
  done.wait();

  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(WorkerPoolTest, RefusesWorkBeyondItsQueue) {
  std::latch started(1);
  std::latch release(1);
  WorkerPool pool({.threads = 1, .queued_max = 2});
  ASSERT_TRUE(pool.Submit([&] {
    started.count_down();
    release.wait();
  }));
  started.wait();

  EXPECT_TRUE(pool.Submit([] {}));
  EXPECT_TRUE(pool.Submit([] {}));
  EXPECT_FALSE(pool.Submit([] {}));
  EXPECT_EQ(pool.measures().items, 2u);
  EXPECT_EQ(pool.measures().refused, 1u);

  release.count_down();
}

TEST(WorkerPoolTest, EndsOnlyAfterAllAcceptedWorkRan) {
  std::atomic<int> ran = 0;
  {
    WorkerPool pool({.threads = 2, .queued_max = 100});
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.Submit([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 100);
}

TEST(WorkerPoolTest, RunsAsManyAtOnceAsItHasThreads) {
  std::latch both_run(2);
  WorkerPool pool({.threads = 2, .queued_max = 2});

  ASSERT_TRUE(pool.Submit([&] { both_run.arrive_and_wait(); }));
  ASSERT_TRUE(pool.Submit([&] { both_run.arrive_and_wait(); }));

  both_run.wait();
}

}  // namespace
}  // namespace chat::runtime
