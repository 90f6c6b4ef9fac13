// The words for roles, as the protocol, the entries and the stores' tables have them.
#pragma once

#include <optional>
#include <string_view>

#include "server/ports/conversations.h"

namespace chat {

std::string_view RoleName(Role role);

// Empty for a word that is none.
std::optional<Role> RoleFromName(std::string_view name);

}  // namespace chat
