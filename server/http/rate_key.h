// Whose rate a request counts against when only its address is known.
#pragma once

#include <string_view>

#include "server/ports/rate_limits.h"

namespace chat::http {

// `client_address` as a Request has it. Of an IPv6 address the first 64 bits count: the rest is
// whatever its owner likes. Source: RFC 6177 §1.
RateKey AddressKey(RateOperation operation, std::string_view client_address);

}  // namespace chat::http
