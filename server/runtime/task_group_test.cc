#include "server/runtime/task_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace chat::runtime {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

asio::awaitable<void> WaitLong() {
  asio::steady_timer timer(co_await asio::this_coro::executor, hours(1));
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> Throw(std::string what) {
  throw std::runtime_error(what);
  co_return;
}

class TaskGroupTest : public ::testing::Test {
 protected:
  // Whether the group became idle in time.
  bool WaitFor(milliseconds timeout) {
    std::optional<bool> idle;
    asio::co_spawn(
        io_context_, [&]() -> asio::awaitable<void> { idle = co_await group_.Wait(timeout); },
        [](std::exception_ptr failure) { ASSERT_FALSE(failure); });
    io_context_.restart();
    while (!idle) io_context_.run_one();
    return *idle;
  }

  std::vector<std::string> failures_;
  asio::io_context io_context_;
  TaskGroup group_{io_context_.get_executor(),
                   [this](std::string_view what) { failures_.emplace_back(what); }};
};

TEST_F(TaskGroupTest, CountsWhatRuns) {
  group_.Spawn(WaitLong());
  group_.Spawn(WaitLong());

  EXPECT_EQ(group_.size(), 2u);

  group_.Cancel();
  EXPECT_TRUE(WaitFor(seconds(10)));
  EXPECT_EQ(group_.size(), 0u);
}

TEST_F(TaskGroupTest, BeingCancelledIsNoFailure) {
  group_.Spawn(WaitLong());
  io_context_.poll();

  group_.Cancel();

  EXPECT_TRUE(WaitFor(seconds(10)));
  EXPECT_THAT(failures_, IsEmpty());
}

TEST_F(TaskGroupTest, ReportsWhatATaskThrewAndGoesOn) {
  group_.Spawn(Throw("broken"));

  EXPECT_TRUE(WaitFor(seconds(10)));
  EXPECT_THAT(failures_, ElementsAre("broken"));
}

TEST_F(TaskGroupTest, WaitGivesUpAtItsDeadline) {
  group_.Spawn(WaitLong());

  EXPECT_FALSE(WaitFor(milliseconds(1)));

  group_.Cancel();
  EXPECT_TRUE(WaitFor(seconds(10)));
}

TEST_F(TaskGroupTest, WaitOfAnIdleGroupEndsAtOnce) { EXPECT_TRUE(WaitFor(seconds(10))); }

}  // namespace
}  // namespace chat::runtime
