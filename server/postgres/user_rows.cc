#include "server/postgres/user_rows.h"

#include <string>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/postgres/values.h"

namespace chat::postgres {

User ReadUser(const pqxx::row& row, int first) {
  return {.user_id = row[first].as<UserId>(),
          .username = row[first + 1].as<std::string>(),
          .display_name = row[first + 2].as<std::string>(),
          .created_at = row[first + 3].as<UnixTime>(),
          .bot = row[first + 4].as<bool>()};
}

void LockUsers(Transaction& transaction, const std::vector<UserId>& users) {
  transaction.Run(
      "SELECT 1 FROM users WHERE user_id = ANY ($1::bigint[]) "
      "ORDER BY user_id FOR NO KEY UPDATE",
      users);
}

}  // namespace chat::postgres
