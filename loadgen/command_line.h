// The load generator's subcommands and flags, and what each of them does.
#pragma once

namespace chat::loadgen {

// Does what the arguments say; the exit code.
int RunCommandLine(int argc, char** argv);

}  // namespace chat::loadgen
