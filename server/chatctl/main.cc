// chatctl: what an operator does to the stores of a chat that is not being served.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "server/chatctl/copy.h"

namespace {

// Where the caller stands: `bazel run` starts the program elsewhere and says so.
std::filesystem::path CallersDirectory() {
  const char* const directory = std::getenv("BUILD_WORKING_DIRECTORY");
  return directory != nullptr ? std::filesystem::path(directory) : std::filesystem::current_path();
}

int Copy(const chat::chatctl::CopyRequest& request) {
  const auto copied = chat::chatctl::CopyStore(request);
  if (!copied) {
    std::fprintf(stderr, "chatctl: %s\n", copied.error().c_str());
    return 1;
  }
  for (const auto& [table, rows] : *copied) {
    std::printf("%-24s %12lld\n", table.c_str(), static_cast<long long>(rows));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Looks after the stores of a chat server.", "chatctl");
  app.require_subcommand(1);
  chat::chatctl::CopyRequest request;
  CLI::App* const copy =
      app.add_subcommand("copy", "Copies an embedded store into an empty PostgreSQL database");
  copy->add_option("--from", request.from, "The SQLite file; its server must be stopped")
      ->required();
  copy->add_option("--to", request.to, "URL of the database, migrated and empty")->required();
  CLI11_PARSE(app, argc, argv);
  request.from = CallersDirectory() / request.from;
  return Copy(request);
}
