#include "server/http/api/user_ids.h"

#include <optional>
#include <string>

#include "protocol/limits.h"

namespace chat::http {

std::expected<std::vector<UserId>, Refusal> ReadUserIds(std::span<const std::int64_t> ids,
                                                        std::string_view field) {
  if (ids.size() > kRequestIdsMax) {
    return std::unexpected(Refusal{
        ErrorCode::kInvalidArgument,
        '"' + std::string(field) + "\" has more than " + std::to_string(kRequestIdsMax) + " items.",
        std::nullopt});
  }
  std::vector<UserId> users;
  for (const std::int64_t id : ids) users.push_back(UserId(id));
  return users;
}

}  // namespace chat::http
