// Puts a running server under load: `loadgen idle --server 127.0.0.1:8080 --connections 1000`.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "loadgen/idle.h"
#include "protocol/envelope.h"

int main(int argc, char** argv) {
  CLI::App app("Load for a chat server.");
  app.require_subcommand(1);

  chat::loadgen::IdleOptions idle;
  bool json = false;
  CLI::App& idle_command = *app.add_subcommand(
      "idle",
      "Holds connections that only send heartbeats. Reads access tokens from standard input, one a "
      "line, up to an empty line; then every number N asks for the counts once each connection's "
      "heartbeats were answered N times.");
  idle_command.add_option("--server", idle.server, "Address and port, as 127.0.0.1:8080")
      ->required();
  idle_command.add_option("--connections", idle.connections, "How many to hold")->required();
  idle_command.add_flag("--json", json, "Speak JSON instead of Protobuf");

  CLI11_PARSE(app, argc, argv);
  if (json) idle.encoding = chat::Encoding::kJson;
  const auto run = chat::loadgen::RunIdle(idle, 0, 1);
  if (run) return 0;
  std::cerr << run.error() << '\n';
  return 1;
}
