#include "server/sqlite/readers.h"

#include <limits>
#include <utility>

namespace chat::sqlite {
namespace {

void PostCompletion(std::unique_ptr<ReadJob> job) {
  Executor& home = job->home();
  home.Post([job = std::move(job)] { job->Complete(); });
}

}  // namespace

Readers::Readers(std::vector<Connection> connections, Surroundings surroundings,
                 ReaderLimits limits)
    : connections_(std::move(connections)),
      surroundings_(surroundings),
      limits_(limits),
      // What a read holds while it waits is small and bounded by its port: counting is enough.
      queue_({.items_max = limits.queue_jobs_max,
              .bytes_max = std::numeric_limits<std::size_t>::max()}) {
  for (Connection& connection : connections_) {
    threads_.emplace_back([this, &connection] { Run(connection); });
  }
}

Readers::~Readers() { Stop(); }

void Readers::Submit(std::unique_ptr<ReadJob> job) {
  ++job_count_;
  Waiting waiting{std::move(job), std::chrono::steady_clock::now() + limits_.deadline};
  if (!queue_.TryPush(waiting, 0)) PostCompletion(std::move(waiting.job));
}

void Readers::Stop() {
  for (Waiting& waiting : queue_.Close()) PostCompletion(std::move(waiting.job));
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Readers::Run(Connection& connection) {
  while (true) {
    std::vector<Waiting> taken = queue_.Take(1);
    if (taken.empty()) return;
    RunJob(connection, taken.front());
    PostCompletion(std::move(taken.front().job));
  }
}

void Readers::RunJob(Connection& connection, Waiting& waiting) {
  if (std::chrono::steady_clock::now() > waiting.deadline) return;
  connection.set_deadline(waiting.deadline);
  connection.Execute("BEGIN");
  ReadTransaction transaction{connection, surroundings_.clock.Now(), surroundings_.writer};
  waiting.job->Run(transaction);
  if (connection.failed()) waiting.job->MakeUnavailable();
  connection.ClearFailure();
  // Ends the transaction also where SQLite has not done so itself; a read has nothing to lose.
  connection.set_deadline(std::chrono::steady_clock::time_point::max());
  if (connection.in_transaction()) connection.Execute("ROLLBACK");
  connection.ClearFailure();
}

}  // namespace chat::sqlite
