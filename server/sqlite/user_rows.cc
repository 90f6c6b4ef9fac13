#include "server/sqlite/user_rows.h"

#include <string>

#include "protocol/ids.h"
#include "protocol/timestamp.h"

namespace chat::sqlite {

User ReadUser(const Statement& row, int first) {
  return {.user_id = row.Get<UserId>(first),
          .username = row.Get<std::string>(first + 1),
          .display_name = row.Get<std::string>(first + 2),
          .created_at = row.Get<UnixTime>(first + 3),
          .bot = row.Get<bool>(first + 4)};
}

std::optional<User> FindUser(Connection& connection, UserId user) {
  Statement row(connection,
                "SELECT user_id, username, display_name, created_at, bot FROM users "
                "WHERE user_id = ?1",
                user);
  if (!row.Step()) return std::nullopt;
  return ReadUser(row, 0);
}

}  // namespace chat::sqlite
