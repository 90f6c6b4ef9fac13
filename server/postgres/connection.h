// One connection to PostgreSQL and the statements it has prepared.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/postgres/sql.h"
#include "server/postgres/values.h"

namespace chat::postgres {

using SteadyTime = std::chrono::steady_clock::time_point;

enum class Access { kReadWrite, kReadOnly };

// What all connections are made with.
struct ConnectOptions {
  std::string address;  // libpq's: a URI, or keywords and values
  std::string purpose;  // shown in pg_stat_activity behind the program's name
  std::chrono::milliseconds statement_timeout{1800};
  std::chrono::milliseconds lock_timeout{1500};
  Access access = Access::kReadWrite;
};

// The words of `address` with the deadlines of `options` added, as libpq takes them.
//
// Errors: throws pqxx::argument_error when the address cannot be read.
std::string ConnectText(const ConnectOptions& options);

// Failures are exceptions, those of pqxx; they end at the unit that runs jobs (Link).
//
// Thread: one at a time. Lifetime: ends the connection; longer than its transactions.
class Connection {
 public:
  // Errors: pqxx::broken_connection, also when there is no connection by the deadline.
  static std::unique_ptr<Connection> Open(const ConnectOptions& options, SteadyTime deadline);

  explicit Connection(pqxx::connection connection) : pq_(std::move(connection)) {}

  // Prepares `sql` when it is new here, and runs it with $1, $2, … bound to `values`.
  template <typename... Values>
  pqxx::result Run(pqxx::transaction_base& transaction, Sql sql, const Values&... values) {
    pqxx::params params;
    params.reserve(sizeof...(values));
    (Append(params, values), ...);
    return Run(transaction, sql, params);
  }
  pqxx::result Run(pqxx::transaction_base& transaction, Sql sql, const pqxx::params& params);

  pqxx::connection& pq() { return pq_; }

 private:
  template <typename T>
  static void Append(pqxx::params& params, const T& value) {
    params.append(value);
  }
  template <typename T>
  static void Append(pqxx::params& params, const std::vector<std::optional<T>>& values) = delete;
  static void Append(pqxx::params& params, const Blob& value) {
    params.append(pqxx::bytes_view(reinterpret_cast<const std::byte*>(value.bytes.data()),
                                   value.bytes.size()));
  }

  pqxx::connection pq_;
  // By the text itself, which lives as long as the program; names are short, because PostgreSQL
  // tells them apart by their first 63 bytes only.
  std::unordered_map<const char*, std::string> prepared_;
};

}  // namespace chat::postgres
