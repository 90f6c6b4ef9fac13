// How a connection ended, which decides when its user counts as offline.
#pragma once

namespace chat {

enum class Departure {
  kClosed,     // closed or reset: offline after the grace, unless the user comes back within it
  kSilent,     // heartbeat timeout: offline at once
  kLoggedOut,  // session revoked: offline at once
};

}  // namespace chat
