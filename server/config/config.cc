#include "server/config/config.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <thread>
#include <utility>

#include "server/config/dotenv.h"
#include "server/config/rates_file.h"
#include "server/net/ip_address.h"

namespace chat::config {
namespace {

constexpr std::string_view kProgram = "chat-be";
constexpr std::uint32_t kShardsMax = 256;

// The flags as text and numbers, before paths and addresses are made of them.
struct RawFlags {
  std::string listen = "127.0.0.1:8080";
  std::string admin_listen = "127.0.0.1:9090";
  std::string data_dir = "./chat-data";
  std::string secret_file;
  std::string admin_token_file;
  std::string postgres;
  std::string redis;
  std::string migrate = "auto";
  std::string durability = "required";
  std::string node;
  std::uint32_t shards = 1;
  std::uint32_t heartbeat_interval_ms = kHeartbeatIntervalDefault.count();
  std::uint32_t heartbeat_timeout_ms = kHeartbeatTimeoutDefault.count();
  std::uint32_t presence_grace_ms = kPresenceGraceDefault.count();
  std::uint32_t drain_seconds = 10;
  std::vector<std::string> allowed_origins;
  std::vector<std::string> trusted_proxies;
  std::string rate_limits = "default";
  std::string log_level = "info";
};

ConfigExit Bad(std::string_view what) {
  return {.text = std::string(kProgram) + ": " + HidePasswords(what), .exit_code = 2};
}

std::string DefaultNode() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host = {'n', 'o', 'd', 'e'};
  return std::string(host.data()) + "-" + std::to_string(getpid());
}

// The flag's variable: --data-dir is CHAT_DATA_DIR.
std::string VariableName(std::string_view flag) {
  std::string name = "CHAT_" + std::string(flag.substr(2));
  std::ranges::transform(name, name.begin(), [](char c) {
    if (c == '-') return '_';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

std::string CheckListen(const std::string& text) {
  return ParseListenAddress(text) ? "" : "must be address:port, as 127.0.0.1:8080";
}

std::string CheckAdminListen(const std::string& text) {
  return text == "off" ? "" : CheckListen(text);
}

std::string CheckProxy(const std::string& text) {
  return net::IpPrefix::Parse(text) ? "" : "must be an address or a prefix, as 10.0.0.0/8";
}

// Neither names the URL: it may hold a password.
std::string CheckPostgres(const std::string& text) {
  const bool fits = text.starts_with("postgres://") || text.starts_with("postgresql://");
  return fits ? "" : "must be a URL, as postgres://user@host:5432/chat";
}

std::string CheckRedis(const std::string& text) {
  const bool fits = text.starts_with("redis") || text.starts_with("unix://");
  return fits && text.contains("://") ? "" : "must be a URL, as redis://host:6379/0";
}

template <typename T>
void AddFlag(CLI::App& app, const char* name, T& value, const char* description) {
  app.add_option(name, value, description)->envname(VariableName(name))->capture_default_str();
}

void AddAddressFlags(CLI::App& app, RawFlags& raw) {
  AddFlag(app, "--listen", raw.listen,
          "Address and port of HTTP and WebSocket; port 0 picks a free one");
  AddFlag(app, "--admin-listen", raw.admin_listen,
          "Address and port of /metrics and of chatctl; port 0 picks a free one; off");
  AddFlag(app, "--admin-token-file", raw.admin_token_file,
          "File with the token that chatctl has to show; without one the embedded server makes "
          "admin-token in its data directory, and others do not serve chatctl");
  AddFlag(app, "--allowed-origins", raw.allowed_origins,
          "Origins of browsers that may connect besides this host's own, comma separated");
  AddFlag(app, "--trusted-proxies", raw.trusted_proxies,
          "Addresses, or prefixes as 10.0.0.0/8, whose X-Forwarded-For counts, comma separated");
  app.get_option("--listen")->check(CheckListen);
  app.get_option("--admin-listen")->check(CheckAdminListen);
  app.get_option("--allowed-origins")->delimiter(',');
  app.get_option("--trusted-proxies")->delimiter(',')->check(CheckProxy);
}

void AddStoreFlags(CLI::App& app, RawFlags& raw) {
  AddFlag(app, "--data-dir", raw.data_dir,
          "Folder of the embedded database; made with mode 0700 if absent");
  AddFlag(app, "--secret-file", raw.secret_file,
          "File with at least 32 random bytes that wrap the signing keys in the store");
  AddFlag(app, "--migrate", raw.migrate,
          "What to do with an older schema: auto brings it up to date, check refuses it, off takes "
          "it as it is");
  AddFlag(app, "--durability", raw.durability,
          "required refuses a PostgreSQL that may lose commits (fsync off); unsafe takes it, for "
          "development");
  app.get_option("--migrate")->check(CLI::IsMember({"auto", "check", "off"}));
  app.get_option("--durability")->check(CLI::IsMember({"required", "unsafe"}));
}

// Their values are passwords too: the help shows no default, and the variables are better than the
// flags.
void AddClusterFlags(CLI::App& app, RawFlags& raw) {
  app.add_option("--postgres", raw.postgres,
                 "URL of a PostgreSQL database that takes the place of the embedded one")
      ->envname("CHAT_POSTGRES_URL")
      ->check(CheckPostgres);
  app.add_option("--redis", raw.redis,
                 "URL of a Redis through which the nodes on one PostgreSQL hear of each other")
      ->envname("CHAT_REDIS_URL")
      ->check(CheckRedis);
}

void AddServingFlags(CLI::App& app, RawFlags& raw) {
  AddFlag(app, "--node", raw.node, "Name of this node, unique in a cluster");
  AddFlag(app, "--shards", raw.shards, "Threads that serve connections");
  AddFlag(app, "--heartbeat-interval-ms", raw.heartbeat_interval_ms,
          "How often clients are told to send a heartbeat, in milliseconds");
  AddFlag(app, "--heartbeat-timeout-ms", raw.heartbeat_timeout_ms,
          "Silence after which a connection is closed, in milliseconds");
  AddFlag(app, "--presence-grace-ms", raw.presence_grace_ms,
          "How long a user whose connection closed still counts as online, in milliseconds");
  AddFlag(app, "--drain-seconds", raw.drain_seconds,
          "Over how long a server that stops lets its clients go, in seconds");
  AddFlag(app, "--rate-limits", raw.rate_limits,
          "default, off (for load tests), or a file of lines as \"send 20/s burst 60\"");
  AddFlag(app, "--log-level", raw.log_level, "debug, info, warn or error");
  app.get_option("--shards")->check(CLI::Range(1u, kShardsMax));
  for (const char* flag : {"--heartbeat-interval-ms", "--heartbeat-timeout-ms"}) {
    app.get_option(flag)->check(CLI::Range(1u, 3'600'000u));
  }
  app.get_option("--presence-grace-ms")->check(CLI::Range(0u, 3'600'000u));
  app.get_option("--drain-seconds")->check(CLI::Range(0u, 3'600u));
  app.get_option("--log-level")->check(CLI::IsMember({"debug", "info", "warn", "error"}));
}

LogLevel ToLogLevel(const std::string& name) {
  static const std::map<std::string, LogLevel, std::less<>> kLevels = {
      {"debug", LogLevel::kDebug},
      {"info", LogLevel::kInfo},
      {"warn", LogLevel::kWarn},
      {"error", LogLevel::kError},
  };
  return kLevels.find(name)->second;
}

Migrations ToMigrations(const std::string& name) {
  if (name == "check") return Migrations::kCheck;
  return name == "off" ? Migrations::kOff : Migrations::kAuto;
}

std::optional<SecretUrl> ToUrl(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<SecretUrl>(text);
}

std::optional<ListenAddress> ToAdminListen(const std::string& text) {
  return text == "off" ? std::nullopt : ParseListenAddress(text);
}

// Errors: what is wrong with the file.
std::expected<std::optional<Rates>, std::string> ToRates(const std::string& setting,
                                                         const std::filesystem::path& directory) {
  if (setting == "default") return kDefaultRates;
  if (setting == "off") return std::nullopt;
  const std::filesystem::path file = directory / setting;
  std::ifstream stream(file);
  if (!stream) return std::unexpected("--rate-limits: " + file.string() + " cannot be read");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  auto rates = ParseRates(text);
  if (!rates) return std::unexpected("--rate-limits: " + file.string() + ":" + rates.error());
  return *rates;
}

std::expected<Config, ConfigExit> ToConfig(const RawFlags& raw,
                                           const std::filesystem::path& directory) {
  if (raw.heartbeat_timeout_ms < 2 * raw.heartbeat_interval_ms) {
    return std::unexpected(
        Bad("--heartbeat-timeout-ms must be at least twice --heartbeat-interval-ms"));
  }
  if (raw.node.empty()) return std::unexpected(Bad("--node must not be empty"));
  if (!raw.redis.empty() && raw.postgres.empty()) {
    return std::unexpected(Bad("--redis needs --postgres: the embedded store has one node only"));
  }
  const auto rates = ToRates(raw.rate_limits, directory);
  if (!rates) return std::unexpected(Bad(rates.error()));
  Config config{
      .listen = *ParseListenAddress(raw.listen),
      .admin_listen = ToAdminListen(raw.admin_listen),
      .data_dir = directory / raw.data_dir,
      .postgres = ToUrl(raw.postgres),
      .redis = ToUrl(raw.redis),
      .migrate = ToMigrations(raw.migrate),
      .durability = raw.durability == "unsafe" ? Durability::kUnsafe : Durability::kRequired,
      .secret_file = std::nullopt,
      .admin_token_file = std::nullopt,
      .node = raw.node,
      .shards = raw.shards,
      .heartbeat_interval = std::chrono::milliseconds(raw.heartbeat_interval_ms),
      .heartbeat_timeout = std::chrono::milliseconds(raw.heartbeat_timeout_ms),
      .presence_grace = std::chrono::milliseconds(raw.presence_grace_ms),
      .drain = std::chrono::seconds(raw.drain_seconds),
      .allowed_origins = raw.allowed_origins,
      .trusted_proxies = raw.trusted_proxies,
      .rates = *rates,
      .log_level = ToLogLevel(raw.log_level),
  };
  if (!raw.secret_file.empty()) config.secret_file = directory / raw.secret_file;
  if (!raw.admin_token_file.empty()) config.admin_token_file = directory / raw.admin_token_file;
  return config;
}

void Overwrite(char* text) { std::memset(text, '*', std::strlen(text)); }

// Names of other programs may stand in the same file; a CHAT_ name that is no flag is a mistake.
std::optional<ConfigExit> LoadDotenv(const CLI::App& app, const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto entries = ParseDotenv(text);
  if (!entries) {
    return Bad(file.string() + ":" + std::to_string(entries.error()) + ": not a NAME=value line");
  }
  const std::vector<const CLI::Option*> options = app.get_options();
  for (const DotenvEntry& entry : *entries) {
    const bool known = std::ranges::any_of(
        options, [&](const CLI::Option* option) { return option->get_envname() == entry.name; });
    if (!known && entry.name.starts_with("CHAT_")) {
      return Bad(file.string() + ": unknown setting " + entry.name);
    }
    if (known) setenv(entry.name.c_str(), entry.value.c_str(), /*overwrite=*/0);
  }
  return std::nullopt;
}

}  // namespace

std::optional<ListenAddress> ParseListenAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  std::string host = text.substr(0, colon);
  if (host.front() == '[') {
    if (host.back() != ']' || host.size() < 3) return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return std::nullopt;
  }
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_end, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || parsed_end != end) return std::nullopt;
  if (host == "localhost") host = "127.0.0.1";
  std::array<unsigned char, sizeof(in6_addr)> address;
  if (inet_pton(AF_INET, host.c_str(), address.data()) != 1 &&
      inet_pton(AF_INET6, host.c_str(), address.data()) != 1) {
    return std::nullopt;
  }
  return ListenAddress{std::move(host), port};
}

void HideArguments(int argc, char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    for (const std::string_view flag : {"--postgres", "--redis"}) {
      if (!std::string_view(argv[i]).starts_with(flag)) continue;
      char* const rest = argv[i] + flag.size();
      if (*rest == '=') Overwrite(rest + 1);
      if (*rest == '\0' && i + 1 < argc) Overwrite(argv[i + 1]);
    }
  }
}

std::expected<Config, ConfigExit> ParseConfig(int argc, const char* const* argv,
                                              const std::filesystem::path& directory) {
  RawFlags raw;
  raw.node = DefaultNode();
  raw.shards = std::clamp(std::thread::hardware_concurrency(), 1u, kShardsMax);
  CLI::App app("A chat server: HTTP and WebSocket on one port, embedded or as one of many nodes.",
               std::string(kProgram));
  app.set_help_flag("--help", "Print this and exit");
  AddAddressFlags(app, raw);
  AddStoreFlags(app, raw);
  AddClusterFlags(app, raw);
  AddServingFlags(app, raw);
  app.footer(
      "Each flag is also an environment variable (--data-dir is CHAT_DATA_DIR), which may "
      "stand in a .env file.\nPasswords belong there: flags are seen by all users of the machine."
      "\nFlags win over the environment, the environment over the file.");
  if (std::optional<ConfigExit> exit = LoadDotenv(app, directory / ".env")) {
    return std::unexpected(*std::move(exit));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(ConfigExit{.text = app.help(), .exit_code = 0});
  } catch (const CLI::ParseError& error) {
    return std::unexpected(Bad(error.what()));
  }
  return ToConfig(raw, directory);
}

}  // namespace chat::config
