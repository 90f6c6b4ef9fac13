#include "loadgen/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>

#include "loadgen/direct.h"
#include "loadgen/direct_report.h"
#include "loadgen/idle.h"
#include "loadgen/postgres_floor.h"
#include "loadgen/relay_floor.h"
#include "loadgen/sqlite_floor.h"
#include "loadgen/store_floor.h"
#include "protocol/envelope.h"

namespace chat::loadgen {
namespace {

// Does what the chosen subcommand is for; the exit code.
using Work = std::function<int()>;

int Complain(const std::string& what) {
  std::cerr << what << '\n';
  return 1;
}

void AddSeconds(CLI::App& command, const char* name, std::chrono::seconds& value) {
  command
      .add_option_function<std::uint32_t>(
          name, [&value](std::uint32_t seconds) { value = std::chrono::seconds(seconds); })
      ->default_str(std::to_string(value.count()));
}

void AddIdle(CLI::App& app, IdleOptions& options, Work& work) {
  CLI::App& command = *app.add_subcommand(
      "idle",
      "Holds connections that only send heartbeats. Reads access tokens from standard input, one a "
      "line, up to an empty line; then every number N asks for the counts once each connection's "
      "heartbeats were answered N times.");
  command.add_option("--server", options.server, "Address and port, as 127.0.0.1:8080")->required();
  command.add_option("--connections", options.connections, "How many to hold")->required();
  command.add_flag_callback(
      "--json", [&options] { options.encoding = Encoding::kJson; },
      "Speak JSON instead of Protobuf");
  command.callback([&] {
    work = [&options] {
      const auto run = RunIdle(options, 0, 1);
      return run ? 0 : Complain(run.error());
    };
  });
}

struct DirectFlags {
  DirectOptions options;
  std::string json_report;
};

// Where the caller stands: `bazel run` starts the program elsewhere and says so.
std::filesystem::path CallersDirectory() {
  const char* const directory = std::getenv("BUILD_WORKING_DIRECTORY");
  return directory != nullptr ? std::filesystem::path(directory) : std::filesystem::current_path();
}

int Direct(const DirectFlags& flags) {
  const auto report = RunDirect(flags.options);
  if (!report) return Complain(report.error());
  std::cout << ToText(*report);
  if (!flags.json_report.empty()) {
    std::ofstream(CallersDirectory() / flags.json_report) << ToJsonText(*report);
  }
  return report->violations == 0 ? 0 : 1;
}

void AddDirect(CLI::App& app, DirectFlags& flags, Work& work) {
  DirectOptions& options = flags.options;
  CLI::App& command = *app.add_subcommand(
      "direct",
      "Pairs of new users talk, one sends and the other hears. The servers must run with "
      "--rate-limits off. Exits with 1 if something was lost, doubled or out of order.");
  command
      .add_option("--server", options.servers,
                  "Address and port; of several, each pair takes one and the next")
      ->required();
  command.add_option("--pairs", options.pairs, "How many")->capture_default_str();
  AddSeconds(command, "--seconds", options.seconds);
  AddSeconds(command, "--warmup-seconds", options.warmup);
  auto* in_flight =
      command.add_option("--in-flight", options.in_flight, "Unacked sends that each sender keeps")
          ->capture_default_str();
  command.add_option("--rate", options.rate, "Sends a second in all, at fixed times")
      ->excludes(in_flight)
      ->check(CLI::PositiveNumber);
  command.add_option("--server-pid", options.server_pids,
                     "Processes whose CPU is counted, with their descendants");
  command.add_option("--json-report", flags.json_report, "Where the report is written as JSON");
  command.callback([&] { work = [&flags] { return Direct(flags); }; });
}

int RelayFloor(const RelayFloorOptions& options) {
  const auto report = RunRelayFloor(options);
  if (!report) return Complain(report.error());
  const auto acks = static_cast<double>(report->acks);
  std::cout << fmt::format(
      "{} acks ({:.0f}/s), {} deliveries in {:.2f} s; CPU of the relay: {:.2f} s, {:.2f} us a "
      "message\n",
      report->acks, acks / report->seconds, report->deliveries, report->seconds,
      report->server_cpu_seconds, report->server_cpu_seconds * 1e6 / acks);
  return 0;
}

void AddRelayFloor(CLI::App& floor, RelayFloorOptions& options, Work& work) {
  CLI::App& command = *floor.add_subcommand(
      "relay", "A bare relay with acks in a process of its own, and clients to match.");
  command.add_option("--pairs", options.pairs, "How many")->capture_default_str();
  command.add_option("--in-flight", options.in_flight, "Unacked sends that each sender keeps")
      ->capture_default_str();
  command.add_option("--server-cpu", options.server_cpu, "The core that the relay is bound to");
  AddSeconds(command, "--seconds", options.seconds);
  AddSeconds(command, "--warmup-seconds", options.warmup);
  command.callback([&] { work = [&options] { return RelayFloor(options); }; });
}

void AddStoreFloorFlags(CLI::App& command, StoreFloorOptions& options) {
  command.add_option("--conversations", options.conversations, "How many")->capture_default_str();
  command.add_option("--batch", options.batch, "Messages in a transaction")->capture_default_str();
  AddSeconds(command, "--seconds", options.seconds);
  AddSeconds(command, "--warmup-seconds", options.warmup);
}

int Tell(const std::expected<StoreFloorReport, std::string>& report) {
  if (!report) return Complain(report.error());
  std::cout << ToText(*report);
  return 0;
}

struct SqliteFloorFlags {
  StoreFloorOptions options;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

void AddSqliteFloor(CLI::App& floor, SqliteFloorFlags& flags, Work& work) {
  CLI::App& command = *floor.add_subcommand(
      "sqlite", "The embedded server's tables and statements in big transactions.");
  command.add_option("--folder", flags.folder, "Where its database is made, and removed")
      ->capture_default_str();
  AddStoreFloorFlags(command, flags.options);
  command.callback([&] {
    work = [&flags] {
      return Tell(RunSqliteFloor(CallersDirectory() / flags.folder, flags.options));
    };
  });
}

void AddPostgresFloor(CLI::App& floor, PostgresFloorOptions& options, Work& work) {
  CLI::App& command = *floor.add_subcommand(
      "postgres", "The tables and the function of shared nodes in big batches.");
  command
      .add_option("--database", options.database,
                  "As postgresql://…; a database of its own is made beside it, and dropped")
      ->required();
  command.add_option("--postgres-pid", options.postmaster, "The postmaster, for its CPU")
      ->required();
  AddStoreFloorFlags(command, options.load);
  command.callback([&] { work = [&options] { return Tell(RunPostgresFloor(options)); }; });
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  CLI::App app("Load for a chat server.");
  app.require_subcommand(1);
  Work work;
  IdleOptions idle;
  AddIdle(app, idle, work);
  DirectFlags direct;
  AddDirect(app, direct, work);
  CLI::App& floor = *app.add_subcommand("floor", "What no server can go below.");
  floor.require_subcommand(1);
  RelayFloorOptions relay;
  AddRelayFloor(floor, relay, work);
  SqliteFloorFlags sqlite;
  AddSqliteFloor(floor, sqlite, work);
  PostgresFloorOptions postgres;
  AddPostgresFloor(floor, postgres, work);
  CLI11_PARSE(app, argc, argv);
  return work();
}

}  // namespace chat::loadgen
