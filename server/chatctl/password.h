// Where a new password comes from. Never the command line, which all users of the machine can see.
#pragma once

#include <expected>
#include <string>

namespace chat::chatctl {

// The first line of the standard input; asked for, and not shown, when that is a terminal.
//
// Errors: one sentence, when there is none.
std::expected<std::string, std::string> ReadPassword();

// A random one, of 32 characters.
std::string MakePassword();

}  // namespace chat::chatctl
