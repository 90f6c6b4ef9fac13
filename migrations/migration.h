// One step of a store's schema, in the format of golang-migrate: a file that goes up, one that goes
// down. The texts are part of the binary, so that a server can always make the schema it needs.
#pragma once

#include <string_view>

namespace chat {

struct Migration {
  int version = 0;
  std::string_view name;  // as in the names of its files
  std::string_view up;
  std::string_view down;
};

}  // namespace chat
