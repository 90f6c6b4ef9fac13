// What the cluster's loop and its connections to PostgreSQL and Redis count, under the names of
// /metrics.
#pragma once

#include <vector>

#include "server/app/cluster_loop.h"
#include "server/postgres/database_options.h"
#include "server/redis/broadcast.h"
#include "server/telemetry/metrics.h"

namespace chat::app {

std::vector<telemetry::PartNumber> ClusterNumbers(const ClusterReport& report);
std::vector<telemetry::PartNumber> PostgresNumbers(const postgres::DatabaseCounters& counters);
std::vector<telemetry::PartNumber> RedisNumbers(const redis::BroadcastCounters& counters);
telemetry::PartHistogram RedisRoundTrips(const redis::BroadcastCounters& counters);

}  // namespace chat::app
