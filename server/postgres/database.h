// The store that nodes share: PostgreSQL, through a few threads with a connection each. The ports
// are served by the adapters beside this (Accounts, Messages and so on), a set for each shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>

#include "server/jobs/job.h"
#include "server/ports/bus.h"
#include "server/ports/clock.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/messages.h"
#include "server/postgres/database_options.h"
#include "server/postgres/open_error.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

class Lease;

using TransactionJob = Job<Transaction>;
using ChangeJob = Job<ChangeTransaction>;

// Thread: any. Lifetime: outlives the adapters; executors and bus outlive it.
class Database {
 public:
  struct Surroundings {
    Bus& bus;
    // Of tests, in place of the store's own.
    Clock* clock = nullptr;
  };

  // Connects, checks that commits are durable, makes or migrates the schema, takes a node's number
  // and epoch, and starts the threads.
  static std::expected<std::unique_ptr<Database>, OpenError> Open(DatabaseOptions options,
                                                                  Surroundings surroundings);
  ~Database();

  // Runs `work` (Transaction& → Result<T, E>), which may not change anything, and completes on
  // `home`. Each of its statements has a snapshot of its own.
  // Limits: waits for 2 s at most, then kUnavailable.
  template <typename T, typename E, typename Work>
  void Read(Executor& home, Completion<T, E> done, Work work) {
    SubmitRead(MakeJob<Transaction>(home, std::move(done), std::move(work)));
  }

  // Runs `work` (Transaction& → Result<T, E>) in a transaction of its own, beside others, and
  // completes on `home` after its commit. For changes that nobody is told of. Whatever the work
  // answers is committed: refusals must not leave changes that they do not mean.
  // Limits: as Read. A commit whose answer was lost completes with kUnavailable.
  template <typename T, typename E, typename Work>
  void Write(Executor& home, Completion<T, E> done, Work work) {
    SubmitWrite(MakeJob<Transaction>(home, std::move(done), std::move(work)));
  }

  // Runs `work` (ChangeTransaction& → Result<T, E>) in a transaction of its own, one after the
  // other, and tells of its batch: to the other nodes by a row of the commit log in the same
  // transaction, to the bus after the commit; then completes on `home`.
  // Limits: as Read. `bytes`: about how much memory the work holds while it waits.
  template <typename T, typename E, typename Work>
  void Change(Executor& home, Completion<T, E> done, Work work, std::size_t bytes = 0) {
    SubmitChange(MakeJob<ChangeTransaction>(home, std::move(done), std::move(work)), bytes);
  }

  // As Read and Write, for what the cluster's loop asks, which must wait for no user: each has a
  // connection of its own.
  template <typename T, typename E, typename Work>
  void ReadLog(Executor& home, Completion<T, E> done, Work work) {
    SubmitReadLog(MakeJob<Transaction>(home, std::move(done), std::move(work)));
  }
  template <typename T, typename E, typename Work>
  void Control(Executor& home, Completion<T, E> done, Work work) {
    SubmitControl(MakeJob<Transaction>(home, std::move(done), std::move(work)));
  }

  // As Read, for searches, and as Write, for what they read: which may take long and let nobody
  // else wait.
  template <typename T, typename E, typename Work>
  void ReadSearch(Executor& home, Completion<T, E> done, Work work) {
    SubmitReadSearch(MakeJob<Transaction>(home, std::move(done), std::move(work)));
  }
  template <typename T, typename E, typename Work>
  void Index(Executor& home, Completion<T, E> done, Work work) {
    SubmitIndex(MakeJob<Transaction>(home, std::move(done), std::move(work)));
  }

  // As Messages::Append.
  void Append(Executor& home, NewMessage message, Completion<Appended, AppendError> done);

  // The store's clock, as this process last measured it.
  Clock& clock();

  // This node's.
  Lease& lease();

  // Why the store cannot be used, as of the last try; empty when it can.
  std::string last_failure() const;

  DatabaseCounters counters() const;

  // Ends the threads and gives the lease back. What waits, and all that comes later, completes
  // with kUnavailable.
  void Stop();

 private:
  struct Parts;

  explicit Database(std::unique_ptr<Parts> parts);

  template <typename AnyTransaction, typename T, typename E, typename Work>
  static std::unique_ptr<Job<AnyTransaction>> MakeJob(Executor& home, Completion<T, E> done,
                                                      Work work) {
    return std::make_unique<JobFor<AnyTransaction, T, E, Work>>(home, std::move(done),
                                                                std::move(work));
  }

  void SubmitRead(std::unique_ptr<TransactionJob> job);
  void SubmitWrite(std::unique_ptr<TransactionJob> job);
  void SubmitChange(std::unique_ptr<ChangeJob> job, std::size_t bytes);
  void SubmitReadLog(std::unique_ptr<TransactionJob> job);
  void SubmitControl(std::unique_ptr<TransactionJob> job);
  void SubmitReadSearch(std::unique_ptr<TransactionJob> job);
  void SubmitIndex(std::unique_ptr<TransactionJob> job);

  std::unique_ptr<Parts> parts_;
};

}  // namespace chat::postgres
