// chatctl: what an operator does to a running chat, and to stores that nobody serves from.
#include <cstdlib>
#include <filesystem>

#include "server/chatctl/command_line.h"

namespace {

// Where the caller stands: `bazel run` starts the program elsewhere and says so.
std::filesystem::path CallersDirectory() {
  const char* const directory = std::getenv("BUILD_WORKING_DIRECTORY");
  return directory != nullptr ? std::filesystem::path(directory) : std::filesystem::current_path();
}

}  // namespace

int main(int argc, char** argv) {
  return chat::chatctl::RunCommand(argc, argv, CallersDirectory());
}
