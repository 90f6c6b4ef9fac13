#include "server/sqlite/writer.h"

#include <chrono>
#include <utility>

#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

// The floor is stored this far ahead of the ids, so that it is written once a second, not with
// every commit. After a crash ids run ahead of the clock by no more than this.
constexpr std::chrono::seconds kIdFloorAhead{1};

// The embedded store has one node.
constexpr int kNode = 0;

UnixTime ReadIdFloor(Connection& connection) {
  Statement statement(connection, "SELECT id_floor_ms FROM nodes WHERE number = ?1", kNode);
  return statement.Step() ? statement.Get<UnixTime>(0) : UnixTime();
}

std::shared_ptr<const CommitBatch> EmptyBatch(CommitNumber number) {
  auto batch = std::make_shared<CommitBatch>();
  batch->number = number;
  return batch;
}

// What a job has added to the batch, to be able to take it out again.
class BatchMark {
 public:
  explicit BatchMark(CommitBatch& batch)
      : batch_(batch),
        entries_(batch.entries.size()),
        changes_(batch.changes.size()),
        user_changes_(batch.user_changes.size()),
        revoked_sessions_(batch.revoked_sessions.size()),
        disabled_users_(batch.disabled_users.size()) {}

  void Restore() {
    batch_.entries.resize(entries_);
    batch_.changes.resize(changes_);
    batch_.user_changes.resize(user_changes_);
    batch_.revoked_sessions.resize(revoked_sessions_);
    batch_.disabled_users.resize(disabled_users_);
  }

 private:
  CommitBatch& batch_;
  std::size_t entries_;
  std::size_t changes_;
  std::size_t user_changes_;
  std::size_t revoked_sessions_;
  std::size_t disabled_users_;
};

}  // namespace

Writer::Writer(Connection connection, Surroundings surroundings, WriterLimits limits)
    : connection_(std::move(connection)),
      surroundings_(surroundings),
      limits_(limits),
      stored_id_floor_(ReadIdFloor(connection_)),
      ids_(*NodeNumber::Make(kNode), stored_id_floor_),
      queue_(limits.queue),
      thread_([this] { Run(); }) {}

Writer::~Writer() { Stop(); }

void Writer::Submit(std::unique_ptr<WriteJob> job, std::size_t bytes) {
  ++job_count_;
  if (queue_.TryPush(job, bytes)) return;
  Jobs<WriteTransaction> refused;
  refused.push_back(std::move(job));
  PostCompletions(std::move(refused));
}

void Writer::Stop() {
  PostCompletions(queue_.Close());
  if (thread_.joinable()) thread_.join();
}

std::string Writer::last_failure() const {
  const std::lock_guard lock(failure_mutex_);
  return last_failure_;
}

void Writer::set_last_failure(std::string failure) {
  const std::lock_guard lock(failure_mutex_);
  last_failure_ = std::move(failure);
}

void Writer::Run() {
  while (true) {
    Jobs<WriteTransaction> jobs = queue_.Take(limits_.batch_jobs_max);
    if (jobs.empty()) return;
    RunBatch(std::move(jobs));
  }
}

void Writer::RunBatch(Jobs<WriteTransaction> jobs) {
  auto batch = std::make_shared<CommitBatch>();
  const auto begin = std::chrono::steady_clock::now();
  if (TryCommit(jobs, *batch)) {
    meter_.Add(jobs.size(), std::chrono::steady_clock::now() - begin);
    surroundings_.bus.Publish(std::shared_ptr<const CommitBatch>(std::move(batch)));
  } else {
    RollBack();
    for (const auto& job : jobs) job->MakeUnavailable();
    if (batch->number != 0) surroundings_.bus.Publish(EmptyBatch(batch->number));
  }
  PostCompletions(std::move(jobs));
}

// `batch.number` is set as soon as readers may have been given it.
bool Writer::TryCommit(Jobs<WriteTransaction>& jobs, CommitBatch& batch) {
  connection_.Execute("BEGIN IMMEDIATE");
  if (connection_.failed()) return false;
  WriteTransaction transaction{connection_, surroundings_.clock.Now(), ids_, batch};
  std::string job_failure;
  for (const auto& job : jobs) {
    if (RunJob(*job, transaction)) continue;
    job_failure = connection_.failure()->message;
    if (!UndoJob(*job)) return false;
  }
  RaiseIdFloor();
  batch.number = committing_.fetch_add(1) + 1;
  connection_.Execute("COMMIT");
  if (connection_.failed()) return false;
  set_last_failure(std::move(job_failure));
  return true;
}

bool Writer::RunJob(WriteJob& job, WriteTransaction& transaction) {
  BatchMark mark(transaction.batch);
  connection_.Execute("SAVEPOINT job");
  job.Run(transaction);
  connection_.Execute("RELEASE job");
  if (!connection_.failed()) return true;
  mark.Restore();
  return false;
}

// False when the others of the batch are lost as well: SQLite may have rolled all of it back.
bool Writer::UndoJob(WriteJob& job) {
  job.MakeUnavailable();
  if (!connection_.in_transaction()) return false;
  connection_.ClearFailure();
  connection_.Execute("ROLLBACK TO job");
  connection_.Execute("RELEASE job");
  return !connection_.failed();
}

void Writer::RollBack() {
  if (connection_.failed()) set_last_failure(connection_.failure()->message);
  connection_.ClearFailure();
  if (connection_.in_transaction()) connection_.Execute("ROLLBACK");
  connection_.ClearFailure();
  // The floor of this batch may not have been stored.
  stored_id_floor_ = UnixTime();
}

void Writer::RaiseIdFloor() {
  if (ids_.last_time() < stored_id_floor_) return;
  stored_id_floor_ = ids_.last_time() + kIdFloorAhead;
  Statement(connection_, "UPDATE nodes SET id_floor_ms = ?1 WHERE number = ?2", stored_id_floor_,
            kNode)
      .Run();
}

}  // namespace chat::sqlite
