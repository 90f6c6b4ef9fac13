#include "loadgen/sqlite_floor.h"

#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include "loadgen/process_cpu.h"
#include "migrations/migration.h"
#include "migrations/sqlite_migrations.h"

namespace chat::loadgen {
namespace {

using std::chrono::steady_clock;

// Caught where the floor begins: a floor that fails says why and is nothing else.
class SqliteFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class FloorDatabase {
 public:
  explicit FloorDatabase(const std::filesystem::path& file) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open(file.c_str(), &handle);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw SqliteFailure(sqlite3_errstr(code));
  }

  void Execute(const std::string& script) {
    if (sqlite3_exec(get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail();
  }

  // The number that a query of one row and one column gives.
  std::int64_t Number(const std::string& query);

  sqlite3* get() const { return handle_.get(); }
  [[noreturn]] void Fail() const { throw SqliteFailure(sqlite3_errmsg(get())); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

class FloorStatement {
 public:
  FloorStatement(FloorDatabase& database, const std::string& sql) : database_(database) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database.get(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                           nullptr) != SQLITE_OK) {
      database.Fail();
    }
    statement_.reset(statement);
  }

  FloorStatement& Bind(int at, std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), at, number);
    return *this;
  }

  FloorStatement& Bind(int at, std::string_view text) {
    sqlite3_bind_text(statement_.get(), at, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }

  FloorStatement& BindBlob(int at, std::string_view bytes) {
    sqlite3_bind_blob(statement_.get(), at, bytes.data(), static_cast<int>(bytes.size()),
                      SQLITE_STATIC);
    return *this;
  }

  // Steps once and starts over; the first column, or -1 without a row.
  std::int64_t Run() {
    const int code = sqlite3_step(statement_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) database_.Fail();
    const std::int64_t number =
        code == SQLITE_ROW ? sqlite3_column_int64(statement_.get(), 0) : std::int64_t{-1};
    sqlite3_reset(statement_.get());
    return number;
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  FloorDatabase& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

std::int64_t FloorDatabase::Number(const std::string& query) {
  return FloorStatement(*this, query).Run();
}

// As the server sets its writing connection up.
void Configure(FloorDatabase& database) {
  database.Execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
      "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;"
      "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768;");
}

// Conversation n has the users 2n and 2n + 1, counted from kFloorFirstId.
void Fill(FloorDatabase& database, std::size_t conversations) {
  for (const Migration& migration : SqliteMigrations()) {
    database.Execute(std::string(migration.up));
  }
  const std::string first = std::to_string(kFloorFirstId);
  const std::string last = std::to_string(conversations - 1);
  const std::string numbers =
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " + last + ") ";
  const std::string each = " FROM n JOIN (SELECT 0 AS k UNION SELECT 1)";
  database.Execute("BEGIN;" + numbers +
                   "INSERT INTO users (user_id, username, display_name, created_at) SELECT " +
                   first + " + 2 * i + k, 'u' || (2 * i + k), 'u', 0" + each + ';' + numbers +
                   "INSERT INTO conversations (conversation_id, kind, created_at, members_count, "
                   "last_activity) SELECT " +
                   first + " + i, 'direct', 0, 2, 0 FROM n;" + numbers +
                   "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq) "
                   "SELECT " +
                   first + " + i, " + first + " + 2 * i + k, 'member', 0" + each + ";COMMIT");
}

// The server's statements for one append, in its order.
class Appender {
 public:
  explicit Appender(FloorDatabase& database)
      : find_stored_(database,
                     "SELECT message_id, seq, created_at, content_hash FROM messages WHERE "
                     "conversation_id = ?1 AND sender_id = ?2 AND client_msg_id = ?3"),
        find_head_(database,
                   "SELECT c.last_seq, c.members_seq FROM conversation_members m JOIN "
                   "conversations c ON c.conversation_id = m.conversation_id WHERE "
                   "m.conversation_id = ?1 AND m.user_id = ?2 AND m.left_seq IS NULL"),
        insert_(database,
                "INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, "
                "client_msg_id, content_hash, text, created_at, reply_to_seq) VALUES "
                "(?1, ?2, ?3, 'text', ?4, ?5, ?6, ?7, ?8, NULL)"),
        advance_head_(database,
                      "UPDATE conversations SET last_seq = ?2, last_activity = ?3 WHERE "
                      "conversation_id = ?1"),
        advance_read_(database,
                      "UPDATE conversation_members SET read_seq = ?3 WHERE conversation_id = ?1 "
                      "AND user_id = ?2") {}

  void Append(std::size_t conversation, std::int64_t number) {
    const std::int64_t id = kFloorFirstId + static_cast<std::int64_t>(conversation);
    const std::int64_t sender = kFloorFirstId + 2 * static_cast<std::int64_t>(conversation);
    const std::string client_msg_id = std::to_string(number);
    if (find_stored_.Bind(1, id).Bind(2, sender).Bind(3, client_msg_id).Run() != -1) {
      throw SqliteFailure("a message is there before it was put in");
    }
    const std::int64_t seq = find_head_.Bind(1, id).Bind(2, sender).Run() + 1;
    const std::int64_t now = 1'770'000'000'000 + number;
    insert_.Bind(1, id).Bind(2, seq).Bind(3, kFloorFirstId + number).Bind(4, sender);
    insert_.Bind(5, client_msg_id).BindBlob(6, hash_).Bind(7, text_).Bind(8, now).Run();
    advance_head_.Bind(1, id).Bind(2, seq).Bind(3, now).Run();
    advance_read_.Bind(1, id).Bind(2, sender).Bind(3, seq).Run();
  }

 private:
  FloorStatement find_stored_;
  FloorStatement find_head_;
  FloorStatement insert_;
  FloorStatement advance_head_;
  FloorStatement advance_read_;
  // As large as the server's.
  std::string hash_ = std::string(16, 'h');
  std::string text_ = std::string(kFloorBodyBytes, 'x');
};

void Check(FloorDatabase& database, std::int64_t rows) {
  if (database.Number("SELECT count(*) FROM messages") != rows) {
    throw SqliteFailure("not all rows are there");
  }
  if (database.Number(
          "SELECT count(*) FROM conversations c WHERE last_seq <> (SELECT count(*) FROM "
          "messages m WHERE m.conversation_id = c.conversation_id AND m.seq BETWEEN 1 "
          "AND c.last_seq)") != 0) {
    throw SqliteFailure("the seqs of a conversation are not dense");
  }
}

StoreFloorReport Measure(FloorDatabase& database, const StoreFloorOptions& options) {
  Appender appender(database);
  std::int64_t rows = 0;
  const auto append_until = [&](steady_clock::time_point end) {
    while (steady_clock::now() < end) {
      database.Execute("BEGIN IMMEDIATE");
      for (std::size_t i = 0; i < options.batch; ++i, ++rows) {
        appender.Append(static_cast<std::size_t>(rows) % options.conversations, rows);
      }
      database.Execute("COMMIT");
    }
  };
  append_until(steady_clock::now() + options.warmup);
  const std::int64_t rows_before = rows;
  const double cpu_before = OwnCpuSeconds();
  const auto begin = steady_clock::now();
  append_until(begin + options.seconds);
  const StoreFloorReport report{
      .conversations = options.conversations,
      .rows = static_cast<std::uint64_t>(rows - rows_before),
      .seconds = std::chrono::duration<double>(steady_clock::now() - begin).count(),
      .client_cpu_seconds = OwnCpuSeconds() - cpu_before};
  Check(database, rows);
  return report;
}

}  // namespace

std::expected<StoreFloorReport, std::string> RunSqliteFloor(const std::filesystem::path& folder,
                                                            const StoreFloorOptions& options) {
  if (options.conversations == 0 || options.batch == 0) {
    return std::unexpected("there is no conversation or no message");
  }
  // mkdtemp puts a unique name in the place of the six X.
  std::string own = (folder / "sqlite-floor-").string() + std::string(6, 'X');
  if (::mkdtemp(own.data()) == nullptr) return std::unexpected("no folder can be made in " + own);
  std::expected<StoreFloorReport, std::string> report;
  try {
    FloorDatabase database(std::filesystem::path(own) / "floor.db");
    Configure(database);
    Fill(database, options.conversations);
    report = Measure(database, options);
  } catch (const SqliteFailure& failure) {
    report = std::unexpected(std::string("the database fails: ") + failure.what());
  }
  std::error_code ignored;
  std::filesystem::remove_all(own, ignored);
  return report;
}

}  // namespace chat::loadgen
