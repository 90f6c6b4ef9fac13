// The lists of users in the bodies of requests.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/errors.h"
#include "protocol/ids.h"

namespace chat::http {

// `field` is its name in the body.
//
// Errors: kInvalidArgument for more than kRequestIdsMax.
std::expected<std::vector<UserId>, Refusal> ReadUserIds(std::span<const std::int64_t> ids,
                                                        std::string_view field);

}  // namespace chat::http
