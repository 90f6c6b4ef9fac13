// Why the store could not be opened: what main prints before it gives up.
#pragma once

#include <string>

namespace chat::sqlite {

enum class OpenErrorCode {
  kDataDirectory,  // cannot be made or used
  kInUse,          // another server has it
  kFile,           // SQLite cannot open or read the file
  kSchema,         // older and not to be migrated, newer than this program, or left half migrated
};

struct OpenError {
  OpenErrorCode code;
  std::string detail;  // one sentence for people
};

}  // namespace chat::sqlite
