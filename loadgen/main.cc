// Puts a running server under load, or measures what a server cannot go below:
// `loadgen idle --server 127.0.0.1:8080 --connections 1000`, `loadgen direct …`, `loadgen floor …`.
#include "loadgen/command_line.h"

int main(int argc, char** argv) { return chat::loadgen::RunCommandLine(argc, argv); }
