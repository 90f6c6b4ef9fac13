// The server's entry: settings in, exit code out.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "server/app/app.h"
#include "server/config/config.h"
#include "server/telemetry/log.h"

namespace {

// Where the caller stands: `bazel run` starts the program elsewhere and says so.
std::filesystem::path CallersDirectory() {
  const char* const directory = std::getenv("BUILD_WORKING_DIRECTORY");
  return directory != nullptr ? std::filesystem::path(directory) : std::filesystem::current_path();
}

chat::telemetry::Severity ToSeverity(chat::config::LogLevel level) {
  using chat::config::LogLevel;
  using chat::telemetry::Severity;
  switch (level) {
    case LogLevel::kDebug:
      return Severity::kDebug;
    case LogLevel::kInfo:
      return Severity::kInfo;
    case LogLevel::kWarn:
      return Severity::kWarn;
    case LogLevel::kError:
      return Severity::kError;
  }
  return Severity::kInfo;
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = chat::config::ParseConfig(argc, argv, CallersDirectory());
  chat::config::HideArguments(argc, argv);
  if (!config) {
    const auto& exit = config.error();
    std::fprintf(exit.exit_code == 0 ? stdout : stderr, "%s\n", exit.text.c_str());
    return exit.exit_code;
  }
  chat::telemetry::SetLogSeverity(ToSeverity(config->log_level));
  const auto served = chat::app::RunServer(*config);
  if (!served) {
    std::fprintf(stderr, "chat-be: %s\n", served.error().c_str());
    return 1;
  }
  return 0;
}
