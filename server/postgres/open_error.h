// Why the store could not be opened: what main prints before it gives up.
#pragma once

#include <string>

namespace chat::postgres {

enum class OpenErrorCode {
  kConnect,  // no answer, no access, or another failure of PostgreSQL
  kUnsafe,   // it would lose what it said is committed
  kSchema,   // older and not to be migrated, newer than this program, or left half migrated
  kNodes,    // all node numbers are taken
};

struct OpenError {
  OpenErrorCode code;
  std::string detail;  // one sentence for people
};

}  // namespace chat::postgres
