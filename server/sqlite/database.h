// The embedded store: one SQLite file in the data directory, its writer and its readers. The ports
// are served by the adapters beside this (Accounts, Messages and so on), a set for each shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "server/measures/commit_meter.h"
#include "server/measures/queue_measures.h"
#include "server/ports/bus.h"
#include "server/ports/clock.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/sqlite/data_directory.h"
#include "server/sqlite/migrate.h"
#include "server/sqlite/open_error.h"
#include "server/sqlite/readers.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

struct DatabaseOptions {
  std::filesystem::path data_dir;
  MigrationMode migrations = MigrationMode::kAuto;
  WriterLimits writer;
  ReaderLimits readers;
  std::size_t reader_threads = 2;
};

// What was asked of the store since the start.
struct DatabaseCounters {
  std::uint64_t commits = 0;
  std::uint64_t writes = 0;  // several share a commit
  std::uint64_t reads = 0;
  CommitMeasures committed = {};
  QueueMeasures write_queue = {};
  QueueMeasures read_queue = {};
};

// Thread: any. Lifetime: outlives the adapters; executors, bus and clock outlive it.
class Database {
 public:
  using Surroundings = Writer::Surroundings;

  // Opens the file, makes or migrates it, and starts the threads.
  static std::expected<std::unique_ptr<Database>, OpenError> Open(DatabaseOptions options,
                                                                  Surroundings surroundings);

  // Runs `work` (WriteTransaction& → Result<T, E>) in the next commit and completes on `home`.
  template <typename T, typename E, typename Work>
  void Write(Executor& home, Completion<T, E> done, Work work, std::size_t bytes = 0) {
    writer_.Submit(std::make_unique<JobFor<WriteTransaction, T, E, Work>>(home, std::move(done),
                                                                          std::move(work)),
                   bytes);
  }

  // Runs `work` (ReadTransaction& → Result<T, E>) on one snapshot and completes on `home`.
  template <typename T, typename E, typename Work>
  void Read(Executor& home, Completion<T, E> done, Work work) {
    readers_.Submit(std::make_unique<JobFor<ReadTransaction, T, E, Work>>(home, std::move(done),
                                                                          std::move(work)));
  }

  // As Read, for searches and what serves them, which may take long: other reads do not wait for
  // them.
  template <typename T, typename E, typename Work>
  void ReadSearch(Executor& home, Completion<T, E> done, Work work) {
    search_readers_.Submit(std::make_unique<JobFor<ReadTransaction, T, E, Work>>(
        home, std::move(done), std::move(work)));
  }

  // Why the store cannot write, as of the last commit; empty when it can.
  std::string last_write_failure() const { return writer_.last_failure(); }

  DatabaseCounters counters() const {
    return {.commits = writer_.committing(),
            .writes = writer_.job_count(),
            .reads = readers_.job_count() + search_readers_.job_count(),
            .committed = writer_.committed(),
            .write_queue = writer_.queue_measures(),
            .read_queue = readers_.queue_measures()};
  }

  // Ends the threads. What waits, and all that comes later, completes with kUnavailable.
  void Stop();

 private:
  struct Opened;
  Database(Opened opened, DatabaseOptions options, Surroundings surroundings);

  // In the order in which they must outlive each other.
  DataDirectory directory_;
  Writer writer_;
  Readers readers_;
  Readers search_readers_;
};

}  // namespace chat::sqlite
