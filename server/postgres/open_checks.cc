#include "server/postgres/open_checks.h"

#include <pqxx/pqxx>
#include <string>

namespace chat::postgres {

std::expected<void, OpenError> CheckDurability(Connection& connection) {
  pqxx::nontransaction sql(connection.pq());
  const pqxx::result off =
      connection.Run(sql,
                     "SELECT name FROM pg_settings WHERE setting = 'off' "
                     "AND name IN ('fsync', 'synchronous_commit', 'full_page_writes') "
                     "ORDER BY name");
  if (off.empty()) return {};
  std::string names;
  for (const pqxx::row& row : off) names += (names.empty() ? "" : ", ") + row[0].as<std::string>();
  return std::unexpected(OpenError{
      OpenErrorCode::kUnsafe, "PostgreSQL would lose messages that were acknowledged: " + names +
                                  " is off and has to be on"});
}

}  // namespace chat::postgres
