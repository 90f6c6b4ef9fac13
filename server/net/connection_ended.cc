#include "server/net/connection_ended.h"

namespace chat::net {

std::string_view NameOf(EndedBy by) {
  switch (by) {
    case EndedBy::kServer:
      return "server";
    case EndedBy::kClient:
      return "client";
    case EndedBy::kNetwork:
      return "network";
  }
  return "";
}

}  // namespace chat::net
