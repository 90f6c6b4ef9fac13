#include "server/telemetry/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>
#include <string>

namespace chat::telemetry {
namespace {

// The time, level and frame of a line are spdlog's, the rest is written by Boost.JSON.
constexpr const char* kLinePattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = spdlog::stderr_logger_mt("chat");
    made->set_pattern(kLinePattern, spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToLevel(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return spdlog::level::debug;
    case Severity::kInfo:
      return spdlog::level::info;
    case Severity::kWarn:
      return spdlog::level::warn;
    case Severity::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void SetLogSeverity(Severity least) { Logger().set_level(ToLevel(least)); }

void Log(Severity severity, std::string_view event, std::initializer_list<LogField> fields) {
  const spdlog::level::level_enum level = ToLevel(severity);
  if (!Logger().should_log(level)) return;
  boost::json::object line{{"event", event}};
  for (const auto& [name, value] : fields) {
    std::visit([&](const auto& content) { line[name] = content; }, value);
  }
  const std::string text = boost::json::serialize(line);
  Logger().log(level, std::string_view(text).substr(1, text.size() - 2));
}

}  // namespace chat::telemetry
