#include "server/runtime/shard.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <string>
#include <thread>

#include "server/runtime/system_clock.h"

namespace chat::runtime {
namespace {

class ShardTest : public ::testing::Test {
 protected:
  SystemClock clock_;
  Shard shard_{{.number = 3, .clock = &clock_}};
};

TEST_F(ShardTest, RunsTasksInTheOrderPosted) {
  std::string order;
  shard_.Post([&] { order += "a"; });
  shard_.Post([&] { order += "b"; });
  shard_.Post([&] { shard_.Stop(); });

  shard_.Run();

  EXPECT_EQ(order, "ab");
}

TEST_F(ShardTest, RunsTasksOnItsOwnThread) {
  std::thread::id ran_on;
  shard_.Post([&] {
    ran_on = std::this_thread::get_id();
    shard_.Stop();
  });

  shard_.Start();
  shard_.Join();

  EXPECT_NE(ran_on, std::thread::id());
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST_F(ShardTest, BeginsATurnOnceForManyTasksAndEndsItAfterThem) {
  std::string order;
  shard_.SetTurnHooks({.begin = [&](Moment) { order += "("; }, .end = [&] { order += ")"; }});
  shard_.Post([&] { order += "a"; });
  shard_.Post([&] { order += "b"; });
  shard_.Post([&] { shard_.Stop(); });

  shard_.Run();

  EXPECT_EQ(order, "(ab)");
}

TEST_F(ShardTest, EndsATurnAlsoWhileThereIsAlwaysMoreToDo) {
  int ended_turns = 0;
  shard_.SetTurnHooks({.begin = {}, .end = [&] { ++ended_turns; }});
  std::function<void()> again = [&] {
    if (ended_turns == 3) return shard_.Stop();
    shard_.Post(again);
  };
  shard_.Post(again);

  shard_.Run();

  EXPECT_EQ(ended_turns, 4);
}

TEST_F(ShardTest, NeverRunsATaskWithinPost) {
  bool posted = false;
  bool ran_after_post = false;
  shard_.Post([&] {
    shard_.Post([&] {
      ran_after_post = posted;
      shard_.Stop();
    });
    posted = true;
  });

  shard_.Run();

  EXPECT_TRUE(ran_after_post);
}

}  // namespace
}  // namespace chat::runtime
