// The store floor of nodes that share a database: its tables and its one function, called with
// batches of 256 messages by a bare client, over one connection.
#pragma once

#include <sys/types.h>

#include <expected>
#include <string>

#include "loadgen/store_floor.h"

namespace chat::loadgen {

struct PostgresFloorOptions {
  // As libpq takes it. The floor makes a database of its own beside this one, and drops it.
  std::string database;
  // Of the postmaster: its CPU and its children's is counted.
  pid_t postmaster = 0;
  StoreFloorOptions load = {};
};

// Errors: in one line, when the database fails, answers an item with anything but its next seq, or
// does not hold in the end what was put in.
std::expected<StoreFloorReport, std::string> RunPostgresFloor(const PostgresFloorOptions& options);

}  // namespace chat::loadgen
