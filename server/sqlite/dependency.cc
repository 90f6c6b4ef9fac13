#include "server/sqlite/dependency.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include "server/ports/completion.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

constexpr std::chrono::milliseconds kWriteDeadline{1000};

// What the write of one check came to. The read waits for it on the reader's thread, which makes
// the deadline hold also when the writer hangs in the kernel.
class WriteOutcome {
 public:
  void Set(bool succeeded) {
    const std::lock_guard lock(mutex_);
    known_ = true;
    succeeded_ = succeeded;
    changed_.notify_all();
  }

  // False when it is still unknown after the deadline.
  bool Wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kWriteDeadline, [this] { return known_; });
  }

  bool succeeded() {
    const std::lock_guard lock(mutex_);
    return succeeded_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool known_ = false;
  bool succeeded_ = false;
};

void StartWrite(Database& database, Executor& home, std::shared_ptr<WriteOutcome> outcome) {
  database.Write(home, Completion<void, ReadError>([outcome](Result<void, ReadError> written) {
                   outcome->Set(written.has_value());
                 }),
                 [](WriteTransaction& transaction) -> Result<void, ReadError> {
                   transaction.connection.Execute(
                       "UPDATE nodes SET id_floor_ms = id_floor_ms WHERE number = 0");
                   return {};
                 });
}

// Whether the file can be read, and whether the write ended in time.
Result<bool, ReadError> ReadAndWait(ReadTransaction& transaction, WriteOutcome& outcome) {
  if (!Statement(transaction.connection, "SELECT 1 FROM nodes WHERE number = 0").Step()) {
    return std::unexpected(ReadError::kUnavailable);
  }
  return outcome.Wait();
}

DependencyState NotReady(std::string why) {
  return {.name = "sqlite", .ready = false, .detail = std::move(why)};
}

DependencyState Judge(const Result<bool, ReadError>& read, WriteOutcome& outcome,
                      const Database& database) {
  if (!read) return NotReady("The store cannot be read.");
  if (!*read) return NotReady("The store does not answer writes.");
  if (outcome.succeeded()) return {.name = "sqlite", .ready = true, .detail = ""};
  const std::string failure = database.last_write_failure();
  return NotReady(
      "The store cannot be written: " + (failure.empty() ? "too many writes wait" : failure) + ".");
}

}  // namespace

void Dependency::Check(std::move_only_function<void(DependencyState)> done) {
  auto outcome = std::make_shared<WriteOutcome>();
  StartWrite(database_, home_, outcome);
  database_.Read(
      home_,
      Completion<bool, ReadError>([outcome, &database = database_,
                                   done = std::move(done)](Result<bool, ReadError> read) mutable {
        done(Judge(read, *outcome, database));
      }),
      [outcome](ReadTransaction& transaction) { return ReadAndWait(transaction, *outcome); });
}

}  // namespace chat::sqlite
