// What an operator can set, parsed and checked: flags, environment and `.env` file become one
// Config. It opens nothing and starts nothing; main hands it to the app.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "protocol/limits.h"
#include "protocol/rates.h"
#include "server/config/secret_url.h"

namespace chat::config {

struct ListenAddress {
  std::string host;        // an IP address
  std::uint16_t port = 0;  // 0 picks a free one

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// What happens to a database whose schema is older than this program's.
enum class Migrations {
  kAuto,   // it is brought up to date
  kCheck,  // the server does not start
  kOff,    // it is taken as it is
};

// Whether PostgreSQL may be one that loses what it committed when its machine crashes.
enum class Durability { kRequired, kUnsafe };

enum class LogLevel { kDebug, kInfo, kWarn, kError };

struct Config {
  ListenAddress listen{"127.0.0.1", 8080};
  std::optional<ListenAddress> admin_listen = ListenAddress{"127.0.0.1", 9090};
  std::filesystem::path data_dir = "chat-data";
  std::optional<SecretUrl> postgres;  // instead of the embedded store
  std::optional<SecretUrl> redis;     // only with PostgreSQL
  Migrations migrate = Migrations::kAuto;
  Durability durability = Durability::kRequired;
  std::optional<std::filesystem::path> secret_file;
  std::optional<std::filesystem::path> admin_token_file;
  std::string node;
  std::uint32_t shards = 1;
  std::chrono::milliseconds heartbeat_interval = kHeartbeatIntervalDefault;
  std::chrono::milliseconds heartbeat_timeout = kHeartbeatTimeoutDefault;
  std::chrono::milliseconds presence_grace = kPresenceGraceDefault;
  std::chrono::seconds drain{10};
  std::vector<std::string> allowed_origins;
  std::vector<std::string> trusted_proxies;    // addresses and prefixes of them
  std::optional<Rates> rates = kDefaultRates;  // without: nothing is limited
  LogLevel log_level = LogLevel::kInfo;
};

// Why there is no Config: `text` is to be printed, `exit_code` is 0 for --help and 2 for a bad
// setting.
struct ConfigExit {
  std::string text;
  int exit_code = 2;
};

// `directory` is where relative paths and `.env` belong: the caller's. Flags win over the
// environment, the environment over the file. Reads the environment and `directory`/.env; entries
// of the file that are not in the environment are added to it. Errors: an unknown flag, an unknown
// CHAT_ name in the file, a value out of range: one line that names it. Thread: before any other
// thread starts.
std::expected<Config, ConfigExit> ParseConfig(int argc, const char* const* argv,
                                              const std::filesystem::path& directory);

// Overwrites the URLs of `--postgres` and `--redis` in the memory of the arguments, which every
// user of the machine can read in /proc. Call it once they are parsed.
void HideArguments(int argc, char* const* argv);

// Errors: nullopt for what is not host:port with a port of 0 to 65535; IPv6 hosts stand in
// brackets.
std::optional<ListenAddress> ParseListenAddress(const std::string& text);

}  // namespace chat::config
