// The server's log: one JSON object per line on stderr, made of an event name and fields. Values
// are escaped by the JSON writer, so nothing a client sends can forge a line. Secrets are never
// passed in.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <variant>

namespace chat::telemetry {

enum class Severity { kDebug, kInfo, kWarn, kError };

using LogValue = std::variant<std::string_view, std::int64_t>;
using LogField = std::pair<std::string_view, LogValue>;

// Lines below `least` are dropped from now on; kInfo until the first call.
// Thread: any.
void SetLogSeverity(Severity least);

// Writes {"time":…,"level":…,"event":event, fields…} at once.
// Thread: any; lines do not mix. Never throws.
void Log(Severity severity, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace chat::telemetry
