// An embedded store in a folder of its own, for the tests of what is SQLite's alone.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "server/ports/completion.h"
#include "server/sqlite/database.h"
#include "server/sqlite/temporary_directory.h"
#include "tests/contracts/hand_executor.h"
#include "tests/contracts/manual_clock.h"
#include "tests/contracts/recording_bus.h"

namespace chat::sqlite {

class DatabaseFixture : public testing::Test {
 protected:
  DatabaseOptions Options() const {
    DatabaseOptions options;
    options.data_dir = directory_.path() / "data";
    return options;
  }

  void Open(DatabaseOptions options) {
    database_.reset();
    auto opened = Database::Open(std::move(options), {.clock = clock_, .bus = bus_});
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    database_ = *std::move(opened);
  }

  void Close() { database_.reset(); }

  // What `call` completes with.
  template <typename T, typename E>
  Result<T, E> Await(const std::function<void(Completion<T, E>)>& call) {
    auto answer = std::make_shared<std::optional<Result<T, E>>>();
    call([answer](Result<T, E> result) { answer->emplace(std::move(result)); });
    EXPECT_TRUE(executor_.RunUntil([&] { return answer->has_value(); })) << "no answer came";
    return answer->has_value() ? *std::move(*answer) : std::unexpected(E::kUnavailable);
  }

  // Runs `work` in a commit of its own, unless others wait too. Whether it was committed.
  bool Write(const std::function<void(WriteTransaction&)>& work) {
    const auto written =
        Await<void, ReadError>([&](auto done) { StartWrite(work, std::move(done)); });
    return written.has_value();
  }

  void StartWrite(std::function<void(WriteTransaction&)> work, Completion<void, ReadError> done) {
    database_->Write(
        executor_, std::move(done),
        [work = std::move(work)](WriteTransaction& transaction) -> Result<void, ReadError> {
          work(transaction);
          return {};
        });
  }

  bool Read(const std::function<void(ReadTransaction&)>& work) {
    const auto read = Await<void, ReadError>([&](auto done) {
      database_->Read(executor_, std::move(done),
                      [work](ReadTransaction& transaction) -> Result<void, ReadError> {
                        work(transaction);
                        return {};
                      });
    });
    return read.has_value();
  }

  Database& database() { return *database_; }
  contracts::HandExecutor& executor() { return executor_; }
  contracts::ManualClock& clock() { return clock_; }
  contracts::RecordingBus& bus() { return bus_; }

 private:
  TemporaryDirectory directory_;
  contracts::HandExecutor executor_;
  contracts::ManualClock clock_;
  contracts::RecordingBus bus_{executor_};
  std::unique_ptr<Database> database_;
};

}  // namespace chat::sqlite
