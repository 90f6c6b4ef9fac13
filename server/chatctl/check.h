// Whether a server would start with these settings, and what is in the way: everything that a start
// looks at, and nothing is changed. A running server does not mind.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "server/config/config.h"

namespace chat::chatctl {

struct Checked {
  std::string what;
  bool good = false;
  std::string detail;  // one sentence
};

// The files of the secrets, the store with its schema and its keys, and Redis.
// Limits: about a quarter of a minute.
std::vector<Checked> CheckAll(const config::Config& config);

}  // namespace chat::chatctl
