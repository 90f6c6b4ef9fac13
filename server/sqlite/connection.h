// One connection to the file and the statements prepared on it. Knows SQLite, not chat.
// Used by the writer, the readers and the migrations, each with its own connection.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/sqlite/sql.h"

namespace chat::sqlite {

// What SQLite answered when it could not do its work.
struct SqlFailure {
  int code = 0;  // SQLite's extended result code
  std::string message;
};

enum class Access { kReadWrite, kReadOnly };

// Failure is sticky: after a step failed, further statements do nothing and find no rows until
// ClearFailure. So work on the store is written as if every step succeeded, and whoever runs the
// work looks once, at its end, and throws its result away. (Work that must not end early on
// "no row" because of this does not exist: its result is not used.)
//
// Thread: one at a time. Lifetime: outlives its statements.
class Connection {
 public:
  // Errors: what SQLite says about a file it cannot open or that is no database.
  static std::expected<Connection, SqlFailure> Open(const std::filesystem::path& file,
                                                    Access access);

  // Runs one statement that answers nothing and takes no values.
  void Execute(Sql sql);
  // Runs a migration: any number of statements.
  void ExecuteScript(std::string_view script);

  bool failed() const { return state_->failure.has_value(); }
  const std::optional<SqlFailure>& failure() const { return state_->failure; }
  void ClearFailure() { state_->failure.reset(); }

  bool in_transaction() const { return sqlite3_get_autocommit(state_->handle.get()) == 0; }
  // Rows that the last INSERT, UPDATE or DELETE touched.
  std::int64_t changes() const { return sqlite3_changes64(state_->handle.get()); }

  // Statements that run past this point in time fail.
  void set_deadline(std::chrono::steady_clock::time_point deadline) { state_->deadline = deadline; }

  // The text of every statement prepared so far; a test explains each.
  std::vector<std::string> prepared_sql() const;

 private:
  friend class Statement;

  struct CloseHandle {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

  // Apart, because SQLite keeps a pointer to it.
  struct State {
    std::unique_ptr<sqlite3, CloseHandle> handle;
    // Prepared statements that nobody uses right now, by the address of their text. There are as
    // many as the program has literals, times the depth at which one is used within itself.
    std::unordered_map<const char*, std::vector<Prepared>> idle;
    std::optional<SqlFailure> failure;
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  };

  explicit Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}

  Prepared Take(Sql sql);
  void GiveBack(Sql sql, Prepared statement);
  void Fail();
  static int IsPastDeadline(void* state);

  std::unique_ptr<State> state_;
};

}  // namespace chat::sqlite
