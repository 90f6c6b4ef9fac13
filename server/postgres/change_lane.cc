#include "server/postgres/change_lane.h"

#include <exception>
#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "server/cluster/batch_codec.h"

namespace chat::postgres {
namespace {

constexpr std::uint32_t kChangeLane = 2;

// Of the texts of edits; what else a job holds is small and bounded by its port.
constexpr std::size_t kQueueBytesMax = 64 * 1024 * 1024;

bool IsEmpty(const CommitBatch& batch) {
  return batch.entries.empty() && batch.changes.empty() && batch.user_changes.empty() &&
         batch.revoked_sessions.empty() && batch.disabled_users.empty();
}

void PostCompletion(std::unique_ptr<ChangeJob> job) {
  Executor& home = job->home();
  home.Post([job = std::move(job)] { job->Complete(); });
}

}  // namespace

ChangeLane::ChangeLane(Options options, AppendLog::Surroundings surroundings)
    : options_(std::move(options)),
      surroundings_(surroundings),
      link_(options_.connect, {surroundings.watchdog, surroundings.health}),
      queue_({.items_max = options_.queue_jobs_max, .bytes_max = kQueueBytesMax}),
      thread_([this] { Run(); }) {}

ChangeLane::~ChangeLane() { Stop(); }

void ChangeLane::Submit(std::unique_ptr<ChangeJob> job, std::size_t bytes) {
  ++job_count_;
  Waiting waiting{std::move(job), DeadlineAfter(options_.deadline)};
  if (!queue_.TryPush(waiting, bytes)) PostCompletion(std::move(waiting.job));
}

void ChangeLane::Stop() {
  for (Waiting& waiting : queue_.Close()) PostCompletion(std::move(waiting.job));
  if (thread_.joinable()) thread_.join();
}

void ChangeLane::Run() {
  while (true) {
    std::vector<Waiting> taken = queue_.Take(1);
    if (taken.empty()) return;
    RunJob(taken.front());
    PostCompletion(std::move(taken.front().job));
  }
}

void ChangeLane::RunJob(Waiting& waiting) {
  Progress progress{
      .attempts = Attempts(waiting.deadline), .lease = surroundings_.lease.held(), .batch = {}};
  while (!progress.committed && !progress.given_up && !progress.attempts.overdue()) {
    Attempt(progress, *waiting.job);
  }
  if (progress.committed) {
    Publish(progress);
  } else {
    waiting.job->MakeUnavailable();
  }
}

void ChangeLane::Attempt(Progress& progress, ChangeJob& job) {
  try {
    link_.Use(progress.attempts.deadline(), [&](Connection& connection) {
      if (in_doubt_) Settle(progress, connection);
      if (!progress.committed) TryOnce(progress, job, connection);
      return true;
    });
    surroundings_.health.Succeed();
  } catch (const LeaseEnded&) {
    ReplaceLease(progress);
  } catch (const pqxx::in_doubt_error&) {
    ++surroundings_.health.doubts;
    in_doubt_ = !IsEmpty(*progress.batch);
    progress.committing = in_doubt_;
    progress.given_up = !in_doubt_;
  } catch (const pqxx::broken_connection&) {
    // The link has said why.
  } catch (const pqxx::sql_error& error) {
    if (progress.attempts.TryAgainAfter(error)) return;
    surroundings_.health.Fail(error.what());
    progress.given_up = true;
  } catch (const std::exception& error) {
    surroundings_.health.Fail(error.what());
    progress.given_up = true;
  }
}

void ChangeLane::TryOnce(Progress& progress, ChangeJob& job, Connection& connection) {
  progress.lease = surroundings_.lease.held();
  FollowLease(progress.lease);
  surroundings_.lease.RaiseIdFloor(connection);
  progress.batch = std::make_shared<CommitBatch>();
  progress.batch->position = {epoch_, kChangeLane, next_batch_};
  const auto begin = std::chrono::steady_clock::now();
  pqxx::work sql(connection.pq());
  Lease::Hold(connection, sql, progress.lease);
  const UnixTime now = surroundings_.clock.Now();
  ChangeTransaction transaction{{connection, sql, now, surroundings_.lease.ids()}, *progress.batch};
  job.Run(transaction);
  if (!IsEmpty(*progress.batch)) WriteLog(*progress.batch, now, sql, connection);
  sql.commit();
  progress.committed = true;
  progress.commit_time = std::chrono::steady_clock::now() - begin;
}

void ChangeLane::WriteLog(const CommitBatch& batch, UnixTime now, pqxx::transaction_base& sql,
                          Connection& connection) {
  std::vector<ConversationId> conversations;
  std::vector<Seq> seqs;
  std::vector<Seq> members_seqs;
  for (const CommittedEntry& committed : batch.entries) {
    conversations.push_back(committed.entry.conversation_id);
    seqs.push_back(committed.entry.seq);
    members_seqs.push_back(committed.members_seq);
  }
  const std::string changes = cluster::EncodeChanges(batch);
  connection.Run(sql,
                 "INSERT INTO commit_log (origin, lane, batch, conversation_ids, seqs, "
                 "members_seqs, changes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                 batch.position.origin, batch.position.lane, batch.position.batch, conversations,
                 seqs, members_seqs, Blob(changes), now);
}

// Claiming the number waits until the backend that may still be committing under it has ended.
void ChangeLane::Settle(Progress& progress, Connection& connection) {
  pqxx::work sql(connection.pq());
  const pqxx::result claimed =
      connection.Run(sql,
                     "INSERT INTO commit_log (origin, lane, batch, created_at) "
                     "VALUES ($1, $2, $3, 0) ON CONFLICT (origin, lane, batch) DO NOTHING",
                     epoch_, kChangeLane, next_batch_);
  const bool was_committed = claimed.affected_rows() == 0;
  sql.abort();
  in_doubt_ = false;
  progress.committed = was_committed && progress.committing;
  progress.committing = false;
  // A number of a job that was given up before is found by whoever follows the log.
  if (was_committed && !progress.committed) ++next_batch_;
}

// Another lease counts its batches from 1.
void ChangeLane::FollowLease(LeaseKey lease) {
  if (lease.epoch == epoch_) return;
  epoch_ = lease.epoch;
  next_batch_ = 1;
}

void ChangeLane::ReplaceLease(Progress& progress) {
  try {
    progress.given_up =
        !progress.attempts.TryAgainWithNewLease(surroundings_.lease, link_, progress.lease);
  } catch (const std::exception& error) {
    surroundings_.health.Fail(error.what());
    progress.given_up = true;
  }
}

void ChangeLane::Publish(const Progress& progress) {
  if (IsEmpty(*progress.batch)) return;
  ++next_batch_;
  ++surroundings_.health.commits;
  surroundings_.health.commit_meter.Add(1, progress.commit_time);
  surroundings_.bus.Publish(std::shared_ptr<const CommitBatch>(progress.batch));
}

}  // namespace chat::postgres
