// A piece of work on the store, and how its result gets home. The writer and the readers run jobs
// without knowing what they do; the adapters of the ports make them.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "server/ports/completion.h"
#include "server/ports/executor.h"

namespace chat {

// Thread: Run and MakeUnavailable on a thread of the store, Complete on the home executor.
// Lifetime: from the call of the port to its completion.
template <typename Transaction>
class Job {
 public:
  explicit Job(Executor& home) : home_(home) {}
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Does the work and keeps its result.
  virtual void Run(Transaction& transaction) = 0;
  // Replaces the result, if any, by kUnavailable. A job that was never run starts out like that.
  virtual void MakeUnavailable() = 0;
  // Hands the result to whoever asked. Called once.
  virtual void Complete() = 0;

  Executor& home() const { return home_; }

 private:
  Executor& home_;
};

template <typename Transaction>
using Jobs = std::vector<std::unique_ptr<Job<Transaction>>>;

// `Work` takes the transaction and returns a Result<T, E>.
template <typename Transaction, typename T, typename E, typename Work>
class JobFor final : public Job<Transaction> {
 public:
  JobFor(Executor& home, Completion<T, E> done, Work work)
      : Job<Transaction>(home), done_(std::move(done)), work_(std::move(work)) {}

  void Run(Transaction& transaction) override { result_ = work_(transaction); }
  void MakeUnavailable() override { result_ = std::unexpected(E::kUnavailable); }
  void Complete() override { done_(std::move(result_)); }

 private:
  Completion<T, E> done_;
  Work work_;
  Result<T, E> result_ = std::unexpected(E::kUnavailable);
};

// Completes jobs on their homes, in their order, with one task for each home.
template <typename Transaction>
void PostCompletions(Jobs<Transaction> jobs) {
  std::map<Executor*, Jobs<Transaction>> by_home;
  for (auto& job : jobs) by_home[&job->home()].push_back(std::move(job));
  for (auto& [home, completed] : by_home) {
    home->Post([completed = std::move(completed)] {
      for (const auto& job : completed) job->Complete();
    });
  }
}

}  // namespace chat
