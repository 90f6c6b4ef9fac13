#include "server/sqlite/connection.h"

#include <utility>

#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

// Another process may hold the file for a moment: somebody's sqlite3, a backup.
constexpr int kBusyTimeoutMs = 1000;
// How many instructions of SQLite's machine run between two looks at the deadline: some 0.1 ms.
constexpr int kDeadlineCheckSteps = 4000;

void Configure(Connection& connection, Access access) {
  connection.Execute("PRAGMA journal_mode = WAL");
  // What was acked is on the disk.
  connection.Execute("PRAGMA synchronous = FULL");
  connection.Execute("PRAGMA foreign_keys = ON");
  // A text that was deleted is overwritten, not only let go of.
  connection.Execute("PRAGMA secure_delete = ON");
  // Savepoints keep the pages they would restore in memory instead of in a file.
  connection.Execute("PRAGMA temp_store = MEMORY");
  // Pages that change in every commit are copied from the log into the file once per 16 MiB of log:
  // 15 % less CPU for each message than with the default of 4 MiB.
  connection.Execute("PRAGMA wal_autocheckpoint = 4000");
  // After a burst the log file shrinks to this again.
  connection.Execute("PRAGMA journal_size_limit = 67108864");
  if (access == Access::kReadOnly) {
    connection.Execute("PRAGMA query_only = ON");
    connection.Execute("PRAGMA cache_size = -8192");
  } else {
    // In KiB. The pages of the conversations that are active are changed over and over.
    connection.Execute("PRAGMA cache_size = -32768");
  }
}

}  // namespace

std::expected<Connection, SqlFailure> Connection::Open(const std::filesystem::path& file,
                                                       Access access) {
  auto state = std::make_unique<State>();
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  state->handle.reset(handle);
  if (code != SQLITE_OK) return std::unexpected(SqlFailure{code, sqlite3_errstr(code)});
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  sqlite3_progress_handler(handle, kDeadlineCheckSteps, IsPastDeadline, state.get());

  Connection connection(std::move(state));
  Configure(connection, access);
  if (connection.failed()) return std::unexpected(*connection.failure());
  return connection;
}

void Connection::Execute(Sql sql) {
  Statement statement(*this, sql);
  statement.Run();
}

void Connection::ExecuteScript(std::string_view script) {
  const std::string text(script);
  if (failed()) return;
  if (sqlite3_exec(state_->handle.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    Fail();
  }
}

std::vector<std::string> Connection::prepared_sql() const {
  std::vector<std::string> texts;
  for (const auto& [text, statements] : state_->idle) texts.emplace_back(text);
  return texts;
}

Connection::Prepared Connection::Take(Sql sql) {
  if (failed()) return nullptr;
  std::vector<Prepared>& idle = state_->idle[sql.text()];
  if (!idle.empty()) {
    Prepared statement = std::move(idle.back());
    idle.pop_back();
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(state_->handle.get(), sql.text(), -1, SQLITE_PREPARE_PERSISTENT,
                         &statement, nullptr) != SQLITE_OK) {
    Fail();
  }
  return Prepared(statement);
}

void Connection::GiveBack(Sql sql, Prepared statement) {
  if (!statement) return;
  sqlite3_reset(statement.get());
  sqlite3_clear_bindings(statement.get());
  state_->idle[sql.text()].push_back(std::move(statement));
}

void Connection::Fail() {
  if (failed()) return;
  sqlite3* handle = state_->handle.get();
  state_->failure = SqlFailure{sqlite3_extended_errcode(handle), sqlite3_errmsg(handle)};
}

int Connection::IsPastDeadline(void* state) {
  return std::chrono::steady_clock::now() > static_cast<State*>(state)->deadline ? 1 : 0;
}

}  // namespace chat::sqlite
