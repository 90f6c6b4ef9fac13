// The store floor of the embedded server: its tables and its statements, in big transactions
// messages, from a bare program.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "loadgen/store_floor.h"

namespace chat::loadgen {

// Makes a database of its own in `folder` and removes it.
//
// Errors: in one line, when the database fails, or does not hold in the end what was put in.
std::expected<StoreFloorReport, std::string> RunSqliteFloor(const std::filesystem::path& folder,
                                                            const StoreFloorOptions& options);

}  // namespace chat::loadgen
