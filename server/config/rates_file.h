// The text of the file that --rate-limits names: a rate on each line, "send 20/s burst 60".
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "protocol/rates.h"

namespace chat::config {

// The default rates, but for those that a line gives: the operation's name, count/unit (s, min or
// h), and maybe "burst" with a number, which else is the count. Empty lines and those that begin
// with # are skipped.
//
// Limits: counts and bursts of 1 to 1,000,000.
// Errors: "line: why", for the first line that is none of these.
std::expected<Rates, std::string> ParseRates(std::string_view text);

}  // namespace chat::config
