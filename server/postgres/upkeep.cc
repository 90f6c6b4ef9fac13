#include "server/postgres/upkeep.h"

#include <chrono>
#include <exception>
#include <utility>

namespace chat::postgres {
namespace {

using std::chrono::seconds;

constexpr seconds kClockInterval{10};
constexpr int kTrimEvery = 6;  // measurements
constexpr seconds kWorkMax{20};
constexpr std::chrono::minutes kLogLifetime{10};
constexpr int kPieceRows = 1000;

// True when there may be more.
template <typename... Values>
bool DeletePiece(Connection& connection, Sql sql, const Values&... values) {
  pqxx::nontransaction transaction(connection.pq());
  return connection.Run(transaction, sql, values...).affected_rows() == kPieceRows;
}

}  // namespace

void TrimStore(Connection& connection, UnixTime now) {
  while (DeletePiece(connection,
                     "DELETE FROM commit_log WHERE ctid = ANY (ARRAY("
                     "SELECT ctid FROM commit_log WHERE created_at < $1 "
                     "ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
                     now - kLogLifetime, kPieceRows)) {
  }
  while (DeletePiece(connection,
                     "DELETE FROM used_tickets WHERE ctid = ANY (ARRAY("
                     "SELECT ctid FROM used_tickets WHERE expires_at < $1 "
                     "ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
                     now, kPieceRows)) {
  }
}

Upkeep::Upkeep(ConnectOptions connect, StoreClock& clock, Link::Surroundings surroundings)
    : clock_(clock),
      surroundings_(surroundings),
      link_(std::move(connect), surroundings),
      thread_([this] { Run(); }) {}

Upkeep::~Upkeep() { Stop(); }

void Upkeep::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Upkeep::Run() {
  for (int turn = 1;; ++turn) {
    {
      std::unique_lock lock(mutex_);
      if (stopped_.wait_for(lock, kClockInterval, [this] { return stopping_; })) return;
    }
    MeasureClock();
    if (turn % kTrimEvery == 0) Trim();
  }
}

// Within a second, or the measurement would say little.
void Upkeep::MeasureClock() {
  try {
    link_.Use(DeadlineAfter(seconds(1)),
              [&](Connection& connection) { return clock_.Measure(connection), true; });
  } catch (const std::exception& error) {
    surroundings_.health.Fail(error.what());
  }
}

// What is left is for the next time.
void Upkeep::Trim() {
  try {
    link_.Use(DeadlineAfter(kWorkMax),
              [&](Connection& connection) { return TrimStore(connection, clock_.Now()), true; });
  } catch (const std::exception& error) {
    surroundings_.health.Fail(error.what());
  }
}

}  // namespace chat::postgres
