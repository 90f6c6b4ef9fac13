// Moves a chat from the embedded store to PostgreSQL: everything with its ids and positions, so
// that no client notices. Nobody may serve from either store meanwhile.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace chat::chatctl {

struct CopyRequest {
  std::filesystem::path from;  // the SQLite file of a server that is stopped
  std::string to;              // URL of a database with this program's schema and nothing in it
};

struct CopiedCount {
  std::string table;
  std::int64_t rows = 0;
};

// Copies all tables in one transaction and compares the counts before it commits: it is all there,
// or nothing is.
//
// Errors: one sentence for people. When a server uses the file, when either schema is not this
// program's, when the target is not empty, and whatever the two stores refuse.
std::expected<std::vector<CopiedCount>, std::string> CopyStore(const CopyRequest& request);

}  // namespace chat::chatctl
