#include "loadgen/postgres_floor.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <vector>

#include "loadgen/postgres_arrays.h"
#include "loadgen/process_cpu.h"
#include "migrations/migration.h"
#include "migrations/postgres_migrations.h"

namespace chat::loadgen {
namespace {

using std::chrono::steady_clock;

// Caught where the floor begins: a floor that fails says why and is nothing else.
class PostgresFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

class FloorConnection {
 public:
  // To the database of `url`, or to another one of the same server.
  explicit FloorConnection(const std::string& url, const std::string& name = "") {
    const std::array keywords = {"dbname", name.empty() ? nullptr : "dbname",
                                 static_cast<const char*>(nullptr)};
    const std::array values = {url.c_str(), name.c_str(), static_cast<const char*>(nullptr)};
    handle_.reset(PQconnectdbParams(keywords.data(), values.data(), /*expand_dbname=*/1));
    if (PQstatus(get()) != CONNECTION_OK) throw PostgresFailure(PQerrorMessage(get()));
  }

  Answer Execute(const std::string& sql) { return Check(PQexec(get(), sql.c_str())); }

  // The number that a query of one row and one column gives.
  std::int64_t Number(const std::string& query) {
    return std::stoll(PQgetvalue(Execute(query).get(), 0, 0));
  }

  Answer Check(PGresult* raw) {
    Answer answer(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return answer;
    throw PostgresFailure(PQerrorMessage(get()));
  }

  PGconn* get() const { return handle_.get(); }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Finish> handle_;
};

// A database that is there for as long as this.
class OwnDatabase {
 public:
  explicit OwnDatabase(const std::string& url)
      : beside_(url), name_("loadgen_floor_" + std::to_string(::getpid())) {
    beside_.Execute("CREATE DATABASE " + name_);
  }
  ~OwnDatabase() {
    // Whether it goes well or not: there is nobody who could do anything about it.
    PQclear(PQexec(beside_.get(), ("DROP DATABASE " + name_ + " WITH (FORCE)").c_str()));
  }
  OwnDatabase(const OwnDatabase&) = delete;
  OwnDatabase& operator=(const OwnDatabase&) = delete;

  const std::string& name() const { return name_; }

 private:
  FloorConnection beside_;
  std::string name_;
};

constexpr std::int64_t kEpoch = 1;

// Conversation n has the users 2n and 2n + 1, counted from kFloorFirstId.
void Fill(FloorConnection& database, std::size_t conversations) {
  for (const Migration& migration : PostgresMigrations()) {
    database.Execute(std::string(migration.up));
  }
  const std::string first = std::to_string(kFloorFirstId);
  const std::string numbers = " generate_series(0, " + std::to_string(conversations - 1) + ") i";
  const std::string users = " generate_series(0, " + std::to_string(2 * conversations - 1) + ") i";
  database.Execute("INSERT INTO users (user_id, username, display_name, created_at) SELECT " +
                   first + " + i, 'u' || i, 'u', 0 FROM" + users);
  database.Execute(
      "INSERT INTO conversations (conversation_id, kind, created_at, members_count, last_activity) "
      "SELECT " +
      first + " + i, 'direct', 0, 2, 0 FROM" + numbers);
  database.Execute(
      "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq) SELECT " +
      first + " + i / 2, " + first + " + i, 'member', 0 FROM" + users);
  database.Execute("INSERT INTO nodes (number, epoch, name, renewed_at) VALUES (0, " +
                   std::to_string(kEpoch) + ", 'floor', 0)");
}

// Calls append_batch with what a node would.
class BatchAppender {
 public:
  BatchAppender(FloorConnection& database, const StoreFloorOptions& options)
      : database_(database), last_seqs_(options.conversations), items_(options.batch) {
    database_.Check(PQprepare(database_.get(), "append",
                              "SELECT outcome = 'stored', seq, message_id, created_at, members_seq "
                              "FROM append_batch(0, $1::bigint, 0::smallint, $2::bigint, false, "
                              "$3::bigint, $4::bigint[], $5::integer[], $6::bigint[], $7::text[], "
                              "$8::bytea[], $9::bigint[], $10::bigint[], $11::text[])",
                              0, nullptr));
  }

  // The next batch; the conversations take turns.
  void Append() {
    Gather();
    CheckAnswer(Call());
    rows_ += static_cast<std::int64_t>(items_);
  }

  std::int64_t rows() const { return rows_; }

 private:
  std::size_t ConversationOf(std::size_t item) const {
    return (static_cast<std::size_t>(rows_) + item) % last_seqs_.size();
  }

  void Gather() {
    touched_.clear();
    for (std::size_t i = 0; i < items_; ++i) touched_.push_back(ConversationOf(i));
    std::ranges::sort(touched_);
    const auto repeated = std::ranges::unique(touched_);
    touched_.erase(repeated.begin(), repeated.end());
    for (PostgresArray* array : {&conversations_, &places_, &senders_, &client_msg_ids_, &hashes_,
                                 &replies_, &message_ids_, &texts_}) {
      array->Clear();
    }
    for (const std::size_t conversation : touched_) {
      conversations_.Add(kFloorFirstId + static_cast<std::int64_t>(conversation));
    }
    for (std::size_t i = 0; i < items_; ++i) GatherItem(i);
  }

  void GatherItem(std::size_t item) {
    const std::size_t conversation = ConversationOf(item);
    const std::int64_t number = rows_ + static_cast<std::int64_t>(item);
    const auto place = std::ranges::lower_bound(touched_, conversation) - touched_.begin() + 1;
    places_.Add(static_cast<std::int32_t>(place));
    senders_.Add(kFloorFirstId + 2 * static_cast<std::int64_t>(conversation));
    client_msg_ids_.AddText(std::to_string(number));
    hashes_.AddText(hash_);
    replies_.AddNull();
    message_ids_.Add(kFloorFirstId + number);
    texts_.AddText(text_);
  }

  Answer Call() {
    const std::int64_t batch = rows_ / static_cast<std::int64_t>(items_) + 1;
    std::array<std::string, 3> numbers;
    AppendBigEndian(numbers[0], kEpoch);
    AppendBigEndian(numbers[1], batch);
    AppendBigEndian(numbers[2], std::int64_t{1'770'000'000'000} + batch);
    const std::array<const std::string*, 11> parameters = {&numbers[0],
                                                           &numbers[1],
                                                           &numbers[2],
                                                           &conversations_.bytes(),
                                                           &places_.bytes(),
                                                           &senders_.bytes(),
                                                           &client_msg_ids_.bytes(),
                                                           &hashes_.bytes(),
                                                           &replies_.bytes(),
                                                           &message_ids_.bytes(),
                                                           &texts_.bytes()};
    std::array<const char*, std::tuple_size_v<decltype(parameters)>> values;
    std::array<int, std::tuple_size_v<decltype(values)>> lengths;
    std::array<int, std::tuple_size_v<decltype(values)>> formats;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      values[i] = parameters[i]->data();
      lengths[i] = static_cast<int>(parameters[i]->size());
      formats[i] = 1;
    }
    return database_.Check(PQexecPrepared(database_.get(), "append",
                                          static_cast<int>(values.size()), values.data(),
                                          lengths.data(), formats.data(), /*resultFormat=*/1));
  }

  void CheckAnswer(const Answer& answer) {
    if (PQntuples(answer.get()) != static_cast<int>(items_)) {
      throw PostgresFailure("a batch is answered with another number of items");
    }
    for (std::size_t i = 0; i < items_; ++i) {
      const int row = static_cast<int>(i);
      const bool stored = *PQgetvalue(answer.get(), row, 0) == 1;
      std::int64_t seq;
      std::memcpy(&seq, PQgetvalue(answer.get(), row, 1), sizeof(seq));
      if (!stored || std::byteswap(seq) != ++last_seqs_[ConversationOf(i)]) {
        throw PostgresFailure("an item did not get the next seq of its conversation");
      }
    }
  }

  FloorConnection& database_;
  std::vector<std::int64_t> last_seqs_;
  const std::size_t items_;
  std::int64_t rows_ = 0;
  // The conversations of a batch, ascending.
  std::vector<std::size_t> touched_;
  PostgresArray conversations_{PostgresType::kBigint};
  PostgresArray places_{PostgresType::kInteger};
  PostgresArray senders_{PostgresType::kBigint};
  PostgresArray client_msg_ids_{PostgresType::kText};
  PostgresArray hashes_{PostgresType::kBytea};
  PostgresArray replies_{PostgresType::kBigint};
  PostgresArray message_ids_{PostgresType::kBigint};
  PostgresArray texts_{PostgresType::kText};
  // As large as the server's.
  std::string hash_ = std::string(16, 'h');
  std::string text_ = std::string(kFloorBodyBytes, 'x');
};

void CheckRows(FloorConnection& database, std::int64_t rows) {
  if (database.Number("SELECT count(*) FROM messages") != rows) {
    throw PostgresFailure("not all rows are there");
  }
  // Without it the planner takes the tables for empty, and the join reads one of them over and
  // over.
  database.Execute("ANALYZE messages, conversations");
  const auto wrong = database.Number(
      "SELECT count(*) FROM conversations c LEFT JOIN (SELECT conversation_id, count(*) AS "
      "entries, "
      "min(seq) AS first, max(seq) AS last FROM messages GROUP BY conversation_id) m USING "
      "(conversation_id) WHERE c.last_seq <> coalesce(m.entries, 0) OR m.first <> 1 OR "
      "m.last <> c.last_seq");
  if (wrong != 0) throw PostgresFailure("the seqs of a conversation are not dense");
}

StoreFloorReport Measure(FloorConnection& database, const PostgresFloorOptions& options) {
  BatchAppender appender(database, options.load);
  const auto append_until = [&](steady_clock::time_point end) {
    while (steady_clock::now() < end) appender.Append();
  };
  append_until(steady_clock::now() + options.load.warmup);
  const std::int64_t rows_before = appender.rows();
  const double own_before = OwnCpuSeconds();
  const auto database_before = CpuOfTree(options.postmaster);
  const auto begin = steady_clock::now();
  append_until(begin + options.load.seconds);
  const StoreFloorReport report{
      .conversations = options.load.conversations,
      .rows = static_cast<std::uint64_t>(appender.rows() - rows_before),
      .seconds = std::chrono::duration<double>(steady_clock::now() - begin).count(),
      .client_cpu_seconds = OwnCpuSeconds() - own_before,
      .database_cpu_seconds = (CpuOfTree(options.postmaster) - database_before).count()};
  CheckRows(database, appender.rows());
  return report;
}

}  // namespace

std::expected<StoreFloorReport, std::string> RunPostgresFloor(const PostgresFloorOptions& options) {
  if (options.load.conversations == 0 || options.load.batch == 0) {
    return std::unexpected("there is no conversation or no message");
  }
  try {
    const OwnDatabase own(options.database);
    FloorConnection database(options.database, own.name());
    Fill(database, options.load.conversations);
    return Measure(database, options);
  } catch (const PostgresFailure& failure) {
    return std::unexpected(std::string("the database fails: ") + failure.what());
  }
}

}  // namespace chat::loadgen
