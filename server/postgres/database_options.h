// What the shared store is opened with, and what it counts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "server/jobs/bounded_queue.h"
#include "server/measures/commit_meter.h"
#include "server/measures/queue_measures.h"
#include "server/postgres/migration_mode.h"

namespace chat::postgres {

enum class Durability {
  kRequired,   // refuse a PostgreSQL that may lose what it has committed
  kUnchecked,  // for development
};

struct DatabaseOptions {
  std::string address;    // libpq's: a URI, or keywords and values
  std::string node_name;  // shown to people; need not be unique
  MigrationMode migrations = MigrationMode::kAuto;
  Durability durability = Durability::kRequired;
  std::size_t reader_threads = 4;
  std::size_t writer_threads = 2;
  QueueLimits appends = {.items_max = 4096, .bytes_max = 64 * 1024 * 1024};
  std::size_t queue_jobs_max = 4096;  // of each kind of job
  // From the call to the answer, whatever becomes of PostgreSQL meanwhile.
  std::chrono::milliseconds deadline{2000};
};

// What was asked of the store since the start.
struct DatabaseCounters {
  std::uint64_t commits = 0;  // of appends and changes
  std::uint64_t appends = 0;  // several share a commit
  std::uint64_t changes = 0;
  std::uint64_t writes = 0;
  std::uint64_t reads = 0;
  std::uint64_t reconnects = 0;
  std::uint64_t doubts = 0;       // commits whose answer was lost
  CommitMeasures committed = {};  // of appends and changes
  QueueMeasures append_queue = {};
  QueueMeasures locked_append_queue = {};
  QueueMeasures change_queue = {};
  QueueMeasures write_queue = {};
  QueueMeasures read_queue = {};
  QueueMeasures log_read_queue = {};
  QueueMeasures control_queue = {};
};

}  // namespace chat::postgres
