// The commands and their flags. Used by main alone.
#pragma once

#include <filesystem>

namespace chat::chatctl {

// Runs the command that the arguments name; `directory` is the caller's, where relative paths and
// .env belong. Prints results to the standard output, and one line on what went wrong to the
// standard error. The exit code: 0, 1 when the command failed, else what CLI11 gives for arguments
// that it does not understand.
int RunCommand(int argc, char* const* argv, const std::filesystem::path& directory);

}  // namespace chat::chatctl
