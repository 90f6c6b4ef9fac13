// What was refused because it came too often, as the metrics show it.
#pragma once

#include <vector>

#include "server/local/local_rate_limits.h"
#include "server/telemetry/metrics.h"

namespace chat::app {

std::vector<telemetry::PartNumber> RateNumbers(const RefusedCounts& refused);

}  // namespace chat::app
