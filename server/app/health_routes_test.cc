#include "server/app/health_routes.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace chat::app {
namespace {

using Answer = std::move_only_function<void(DependencyState)>;

// Keeps whom it should answer, as a loop does that stands still.
class Silent final : public Dependency {
 public:
  explicit Silent(std::vector<Answer>& waiting) : waiting_(waiting) {}
  void Check(Answer done) override { waiting_.push_back(std::move(done)); }

 private:
  std::vector<Answer>& waiting_;
};

class Ready final : public Dependency {
 public:
  void Check(Answer done) override { done({.name = "ready", .ready = true, .detail = ""}); }
};

class HealthRoutesTest : public ::testing::Test {
 protected:
  std::vector<DependencyState> Check(std::chrono::milliseconds deadline) {
    auto states =
        asio::co_spawn(shard_, CheckAll(dependencies_, deadline), boost::asio::use_future);
    shard_.restart();
    shard_.run();
    return states.get();
  }

  asio::io_context shard_;
  std::vector<NeededDependency> dependencies_;
  std::vector<Answer> waiting_;
};

TEST_F(HealthRoutesTest, TakesWhatDoesNotAnswerInTimeForNotReady) {
  dependencies_.push_back({"silent", std::make_unique<Silent>(waiting_)});
  dependencies_.push_back({"ready", std::make_unique<Ready>()});

  const auto states = Check(std::chrono::milliseconds(1));

  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].name, "silent");
  EXPECT_FALSE(states[0].ready);
  EXPECT_EQ(states[0].detail, "It does not answer.");
  EXPECT_TRUE(states[1].ready);
  ASSERT_EQ(waiting_.size(), 1u);
  waiting_[0]({.name = "silent", .ready = true, .detail = ""});
}

TEST_F(HealthRoutesTest, WaitsForNoDeadlineOnceAllHaveAnswered) {
  dependencies_.push_back({"ready", std::make_unique<Ready>()});

  const auto begin = std::chrono::steady_clock::now();
  const auto states = Check(std::chrono::hours(1));

  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(1));
  ASSERT_EQ(states.size(), 1u);
  EXPECT_TRUE(states[0].ready);
}

}  // namespace
}  // namespace chat::app
