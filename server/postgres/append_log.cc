#include "server/postgres/append_log.h"

#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <pqxx/pqxx>
#include <string_view>
#include <utility>

#include "server/postgres/values.h"

namespace chat::postgres {
namespace {

// A batch of ours that was thought lost was committed a moment ago, by a backend that outlived its
// connection.
bool IsNumberTaken(const pqxx::sql_error& error) {
  return error.sqlstate() == "23505" && std::string_view(error.what()).contains("commit_log_pkey");
}

CommittedEntry Committed(const PendingAppend& pending, const AppendVerdict& verdict) {
  return {.entry = MakeEntry(pending.message, verdict.appended),
          .origin = pending.message.origin,
          .members_seq = verdict.members_seq};
}

}  // namespace

std::optional<std::vector<AppendVerdict>> AppendLog::Store(Messages messages, LockWait locks,
                                                           SteadyTime deadline) {
  Progress progress{.attempts = Attempts(deadline),
                    .lease = surroundings_.lease.held(),
                    .unanswered = {},
                    .verdicts = {}};
  while (!progress.verdicts && !progress.given_up && !progress.attempts.overdue()) {
    progress.lease = surroundings_.lease.held();
    FollowLease(progress.lease);
    Attempt(progress, messages, locks);
  }
  if (progress.verdicts) Publish(progress, messages);
  return std::move(progress.verdicts);
}

void AppendLog::Attempt(Progress& progress, Messages messages, LockWait locks) {
  try {
    TryOnce(progress, messages, locks);
  } catch (const LeaseEnded&) {
    in_doubt_ = false;
    ReplaceLease(progress);
  } catch (const pqxx::broken_connection&) {
    // The link has said why; `in_doubt_` tells whether the batch had been handed over.
    if (in_doubt_) ++surroundings_.health.doubts;
  } catch (const pqxx::sql_error& error) {
    Refused(progress, messages, error);
  } catch (const std::exception& error) {
    surroundings_.health.Fail(error.what());
    progress.given_up = true;
  }
}

void AppendLog::TryOnce(Progress& progress, Messages messages, LockWait locks) {
  link_.Use(progress.attempts.deadline(), [&](Connection& connection) {
    if (in_doubt_) Settle(progress, connection);
    surroundings_.lease.RaiseIdFloor(connection);
    const AppendCall call{.lease = progress.lease,
                          .position = position(),
                          .locks = locks,
                          .now = surroundings_.clock.Now()};
    const auto begin = std::chrono::steady_clock::now();
    in_doubt_ = true;
    progress.verdicts = CallAppendBatch(connection, surroundings_.lease.ids(), call, messages);
    in_doubt_ = false;
    progress.commit_time = std::chrono::steady_clock::now() - begin;
    return true;
  });
  surroundings_.health.Succeed();
}

// PostgreSQL answered that it has undone the batch.
void AppendLog::Refused(Progress& progress, Messages messages, const pqxx::sql_error& error) {
  in_doubt_ = IsNumberTaken(error);
  if (in_doubt_ || progress.attempts.TryAgainAfter(error)) return;
  if (IsLockTimeout(error)) {
    progress.verdicts.emplace(messages.size());
    return;
  }
  surroundings_.health.Fail(error.what());
  progress.given_up = true;
}

void AppendLog::ReplaceLease(Progress& progress) {
  try {
    progress.given_up =
        !progress.attempts.TryAgainWithNewLease(surroundings_.lease, link_, progress.lease);
  } catch (const std::exception& error) {
    surroundings_.health.Fail(error.what());
    progress.given_up = true;
  }
}

void AppendLog::Settle(Progress& progress, Connection& connection) {
  pqxx::nontransaction sql(connection.pq());
  const pqxx::result row = connection.Run(sql,
                                          "SELECT conversation_ids, seqs FROM commit_log "
                                          "WHERE origin = $1 AND lane = $2 AND batch = $3",
                                          epoch_, lane_, next_batch_);
  if (!row.empty()) {
    progress.unanswered.push_back({.position = position(),
                                   .conversations = ReadNumbers(row[0][0]),
                                   .seqs = ReadNumbers(row[0][1])});
    ++next_batch_;
  }
  in_doubt_ = false;
}

// Another lease counts its batches from 1.
void AppendLog::FollowLease(LeaseKey lease) {
  if (lease.epoch == epoch_) return;
  epoch_ = lease.epoch;
  next_batch_ = 1;
  in_doubt_ = false;
}

void AppendLog::Publish(const Progress& progress, Messages messages) {
  for (const Unanswered& unanswered : progress.unanswered) {
    PublishUnanswered(unanswered, progress, messages);
  }
  auto batch = std::make_shared<CommitBatch>();
  batch->position = position();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const AppendVerdict& verdict = (*progress.verdicts)[i];
    if (verdict.outcome != AppendOutcome::kStored) continue;
    batch->entries.push_back(Committed(*messages[i], verdict));
  }
  if (batch->entries.empty()) return;
  ++next_batch_;
  ++surroundings_.health.commits;
  surroundings_.health.commit_meter.Add(batch->entries.size(), progress.commit_time);
  surroundings_.bus.Publish(std::shared_ptr<const CommitBatch>(std::move(batch)));
}

// A batch is told whole or not at all. One that is of messages given up before is not told here:
// its row in the commit log is found by whoever follows the log.
void AppendLog::PublishUnanswered(const Unanswered& unanswered, const Progress& progress,
                                  Messages messages) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> repeats;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const AppendVerdict& verdict = (*progress.verdicts)[i];
    if (verdict.outcome != AppendOutcome::kRepeat) continue;
    repeats[{messages[i]->message.conversation_id.number(), verdict.appended.seq.number()}] = i;
  }
  auto batch = std::make_shared<CommitBatch>();
  batch->position = unanswered.position;
  for (std::size_t i = 0; i < unanswered.seqs.size(); ++i) {
    const auto repeat = repeats.find({unanswered.conversations[i], unanswered.seqs[i]});
    if (repeat == repeats.end()) return;
    batch->entries.push_back(
        Committed(*messages[repeat->second], (*progress.verdicts)[repeat->second]));
  }
  ++surroundings_.health.commits;
  surroundings_.bus.Publish(std::shared_ptr<const CommitBatch>(std::move(batch)));
}

}  // namespace chat::postgres
