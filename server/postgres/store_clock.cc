#include "server/postgres/store_clock.h"

#include <pqxx/pqxx>

namespace chat::postgres {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

microseconds SteadyNow() {
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch());
}

}  // namespace

UnixTime StoreClock::Now() const {
  return UnixTime(duration_cast<std::chrono::milliseconds>(SteadyNow() + offset_.load()));
}

void StoreClock::Measure(Connection& connection) {
  pqxx::nontransaction sql(connection.pq());
  const microseconds before = SteadyNow();
  const pqxx::result row =
      connection.Run(sql, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
  const microseconds after = SteadyNow();
  offset_ = microseconds(row[0][0].as<std::int64_t>()) - (before + after) / 2;
}

}  // namespace chat::postgres
