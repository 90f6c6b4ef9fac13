// What a server does about a schema that is not the one it was built for.
#pragma once

namespace chat::postgres {

enum class MigrationMode {
  kAuto,   // apply what is missing
  kCheck,  // refuse a schema that is not this program's
  kOff,    // take the schema as it is
};

}  // namespace chat::postgres
