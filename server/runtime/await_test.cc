#include "server/runtime/await.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <expected>
#include <memory>
#include <optional>

#include "server/ports/completion.h"
#include "server/runtime/task_group.h"

namespace chat::runtime {
namespace {

using Answer = Result<std::unique_ptr<int>, ReadError>;

class AwaitTest : public ::testing::Test {
 protected:
  template <typename Start>
  void Spawn(Start start) {
    group_.Spawn([](AwaitTest* test, Start start) -> asio::awaitable<void> {
      test->answer_ = co_await Await<Answer>(std::move(start));
    }(this, std::move(start)));
  }

  std::optional<Answer> answer_;
  asio::io_context io_context_;
  TaskGroup group_{io_context_.get_executor(), [](std::string_view what) { FAIL() << what; }};
};

TEST_F(AwaitTest, GoesOnWithTheValueOfALaterCompletion) {
  std::move_only_function<void(Answer)> held;
  Spawn([&](auto done) { held = std::move(done); });
  io_context_.poll();
  ASSERT_FALSE(answer_.has_value());

  held(std::make_unique<int>(7));
  io_context_.poll();

  ASSERT_TRUE(answer_.has_value() && answer_->has_value());
  EXPECT_EQ(***answer_, 7);
}

TEST_F(AwaitTest, ACompletionWithinTheCallIsFineToo) {
  Spawn([](auto done) { done(std::unexpected(ReadError::kUnavailable)); });

  io_context_.poll();

  ASSERT_TRUE(answer_.has_value() && !answer_->has_value());
  EXPECT_EQ(answer_->error(), ReadError::kUnavailable);
  EXPECT_EQ(group_.size(), 0u);
}

}  // namespace
}  // namespace chat::runtime
