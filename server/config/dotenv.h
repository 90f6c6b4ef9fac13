// The format of a `.env` file: NAME=value lines, `#` comments, optional quotes. No expansion of
// variables. Used by ParseConfig only.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace chat::config {

struct DotenvEntry {
  std::string name;
  std::string value;
};

// Errors: the number of the first line that is none of: empty, comment, assignment.
std::expected<std::vector<DotenvEntry>, int> ParseDotenv(std::string_view text);

}  // namespace chat::config
