#include "server/ports/roles.h"

#include <utility>

namespace chat {

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kOwner:
      return "owner";
    case Role::kAdmin:
      return "admin";
    case Role::kMember:
      return "member";
  }
  std::unreachable();
}

std::optional<Role> RoleFromName(std::string_view name) {
  for (const Role role : {Role::kOwner, Role::kAdmin, Role::kMember}) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace chat
