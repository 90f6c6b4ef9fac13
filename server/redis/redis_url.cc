#include "server/redis/redis_url.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

namespace chat::redis {
namespace {

constexpr std::size_t kUrlBytesMax = 4096;
constexpr std::size_t kSentinelsMax = 16;
constexpr std::uint32_t kDatabaseMax = 65'535;
constexpr std::size_t kPrefixBytesMax = 64;
constexpr std::size_t kUnixPathBytesMax = 107;  // Source: unix(7), sun_path
constexpr std::uint16_t kRedisPort = 6379;
constexpr std::uint16_t kSentinelPort = 26379;

using Parsed = std::expected<void, std::string>;

enum class Kind { kServer, kUnix, kSentinel };

struct Scheme {
  std::string_view name;
  Kind kind;
  Transport transport;
};

constexpr Scheme kSchemes[] = {
    {"redis", Kind::kServer, Transport::kPlain},
    {"rediss", Kind::kServer, Transport::kTls},
    {"unix", Kind::kUnix, Transport::kPlain},
    {"redis+unix", Kind::kUnix, Transport::kPlain},
    {"redis+sentinel", Kind::kSentinel, Transport::kPlain},
    {"rediss+sentinel", Kind::kSentinel, Transport::kTls},
};

// The parts of a URL as they stand there, still encoded.
struct Parts {
  std::string_view user_and_password;
  bool has_credentials = false;
  std::string_view hosts;
  std::string_view path;  // with its slash
  std::string_view query;
};

std::unexpected<std::string> Wrong(std::string sentence) {
  return std::unexpected("The Redis URL " + std::move(sentence) + ".");
}

std::optional<unsigned> HexDigit(char digit) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(&digit, &digit + 1, value, 16);
  if (error != std::errc() || end != &digit + 1) return std::nullopt;
  return value;
}

// Nothing for a broken escape and for bytes that are no part of any of our values.
std::optional<std::string> Decode(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char byte = text[at];
    if (byte == '%') {
      if (text.size() - at < 3) return std::nullopt;
      const auto high = HexDigit(text[at + 1]);
      const auto low = HexDigit(text[at + 2]);
      if (!high || !low) return std::nullopt;
      byte = static_cast<char>(*high * 16 + *low);
      at += 2;
    }
    if (byte == '\0' || byte == '\r' || byte == '\n') return std::nullopt;
    decoded += byte;
  }
  return decoded;
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text, Number most) {
  Number value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end || value > most) return std::nullopt;
  return value;
}

// The last @ before the settings ends the credentials, because passwords are often pasted in as
// they are.
Parts Split(std::string_view rest) {
  Parts parts;
  const std::size_t query = rest.find('?');
  if (query != std::string_view::npos) {
    parts.query = rest.substr(query + 1);
    rest = rest.substr(0, query);
  }
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos) {
    parts.has_credentials = true;
    parts.user_and_password = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  parts.hosts = rest.substr(0, slash);
  parts.path = rest.substr(slash);
  return parts;
}

Parsed ParseCredentials(const Parts& parts, Credentials& into) {
  if (!parts.has_credentials) return {};
  const std::size_t colon = parts.user_and_password.find(':');
  if (colon == std::string_view::npos) {
    return Wrong("must have user:password before its @, or :password for the default user");
  }
  const auto user = Decode(parts.user_and_password.substr(0, colon));
  const auto password = Decode(parts.user_and_password.substr(colon + 1));
  if (!user || !password) {
    return Wrong("has a user or a password that is not percent-encoded well");
  }
  if (password->empty()) return Wrong("names a user without a password");
  into = {.user = *user, .password = *password};
  return {};
}

bool IsHostCharacter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' || byte == '_';
}

bool IsIpv6Character(char byte) {
  return HexDigit(byte).has_value() || byte == ':' || byte == '.' || byte == '%' ||
         IsHostCharacter(byte);
}

std::expected<Address, std::string> ParseAddress(std::string_view text, std::uint16_t port) {
  Address address{.host = {}, .port = port, .path = {}};
  std::string_view host = text;
  std::string_view after;
  const bool is_bracketed = text.starts_with('[');
  if (is_bracketed) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return Wrong("has a [ without its ]");
    host = text.substr(1, end - 1);
    after = text.substr(end + 1);
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    after = text.substr(colon);
  }
  if (host.empty()) return Wrong("has no host");
  if (!std::ranges::all_of(host, is_bracketed ? IsIpv6Character : IsHostCharacter)) {
    return Wrong("has a host that is neither a name nor an address");
  }
  if (!after.empty()) {
    const auto number =
        after.starts_with(':') ? ParseNumber<std::uint16_t>(after.substr(1), 65'535) : std::nullopt;
    if (!number || *number == 0) return Wrong("has a port that is not 1 to 65535");
    address.port = *number;
  }
  address.host = host;
  return address;
}

Parsed ParseDatabase(std::string_view text, RedisUrl& into) {
  const auto number = ParseNumber<std::uint32_t>(text, kDatabaseMax);
  if (!number) return Wrong("has a database that is not a number from 0 to 65535");
  into.database = *number;
  return {};
}

Parsed ParseServer(const Parts& parts, RedisUrl& into) {
  auto address = ParseAddress(parts.hosts, kRedisPort);
  if (!address) return std::unexpected(std::move(address).error());
  into.server = *std::move(address);
  if (parts.path.size() <= 1) return {};
  return ParseDatabase(parts.path.substr(1), into);
}

Parsed ParseUnix(const Parts& parts, RedisUrl& into) {
  if (!parts.hosts.empty()) return Wrong("must name its socket from the root: unix:///path");
  const auto path = Decode(parts.path);
  if (!path || path->size() <= 1) return Wrong("has no path of a socket");
  if (path->size() > kUnixPathBytesMax) {
    return Wrong("has a path of a socket that is longer than 107 bytes");
  }
  into.server.path = *path;
  return {};
}

Parsed ParseSentinels(const Parts& parts, RedisUrl& into) {
  std::string_view hosts = parts.hosts;
  while (true) {
    const std::size_t comma = std::min(hosts.find(','), hosts.size());
    auto address = ParseAddress(hosts.substr(0, comma), kSentinelPort);
    if (!address) return std::unexpected(std::move(address).error());
    into.sentinels.push_back(*std::move(address));
    if (into.sentinels.size() > kSentinelsMax) return Wrong("names more than 16 sentinels");
    if (comma == hosts.size()) break;
    hosts.remove_prefix(comma + 1);
  }
  if (parts.path.size() <= 1) return Wrong("must name its master: redis+sentinel://hosts/name");
  const std::string_view path = parts.path.substr(1);
  const std::size_t slash = std::min(path.find('/'), path.size());
  const auto name = Decode(path.substr(0, slash));
  if (!name || name->empty()) return Wrong("has no name of a master");
  into.master_name = *name;
  if (path.size() - slash <= 1) return {};
  return ParseDatabase(path.substr(slash + 1), into);
}

bool IsPrefixCharacter(char byte) { return IsHostCharacter(byte) || byte == ':'; }

Parsed ParseSetting(std::string_view name, std::string_view encoded, RedisUrl& into) {
  const auto value = Decode(encoded);
  if (!value || value->empty()) {
    return Wrong("has a setting that is empty or not percent-encoded well");
  }
  if (name == "db") return ParseDatabase(*value, into);
  if (name == "ca") {
    if (into.transport != Transport::kTls) return Wrong("has a ca but no TLS: use rediss");
    into.ca_file = *value;
    return {};
  }
  if (name == "prefix") {
    if (value->size() > kPrefixBytesMax || !std::ranges::all_of(*value, IsPrefixCharacter)) {
      return Wrong("has a prefix that is not at most 64 of a-z, A-Z, 0-9, '.', '-', '_', ':'");
    }
    into.prefix = *value;
    return {};
  }
  if (into.has_sentinels() && name == "sentinel_user") {
    into.sentinel_credentials.user = *value;
    return {};
  }
  if (into.has_sentinels() && name == "sentinel_password") {
    into.sentinel_credentials.password = *value;
    return {};
  }
  // The name is not said: what stands after a ? may be the rest of a password.
  return Wrong("has an unknown setting after its ?");
}

Parsed ParseQuery(std::string_view query, RedisUrl& into) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view setting = query.substr(0, end);
    const std::size_t equals = std::min(setting.find('='), setting.size());
    const std::string_view value = setting.substr(std::min(equals + 1, setting.size()));
    if (Parsed parsed = ParseSetting(setting.substr(0, equals), value, into); !parsed) {
      return parsed;
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

Parsed ParseTarget(Kind kind, const Parts& parts, RedisUrl& into) {
  switch (kind) {
    case Kind::kServer:
      return ParseServer(parts, into);
    case Kind::kUnix:
      return ParseUnix(parts, into);
    case Kind::kSentinel:
      return ParseSentinels(parts, into);
  }
  return {};
}

}  // namespace

std::string Address::ToString() const {
  if (is_unix()) return path;
  const bool is_ipv6 = host.contains(':');
  return (is_ipv6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string RedisUrl::channel() const {
  return "chat:" + (prefix.empty() ? std::to_string(database) : prefix) + ":nodes";
}

std::expected<RedisUrl, std::string> ParseRedisUrl(std::string_view text) {
  if (text.size() > kUrlBytesMax) return Wrong("is longer than 4096 bytes");
  const std::size_t end = text.find("://");
  const auto* const scheme =
      std::ranges::find(kSchemes, text.substr(0, std::min(end, text.size())), &Scheme::name);
  if (end == std::string_view::npos || scheme == std::end(kSchemes)) {
    return Wrong("must begin with redis://, rediss://, unix:// or redis+sentinel://");
  }
  RedisUrl url;
  url.transport = scheme->transport;
  const Parts parts = Split(text.substr(end + 3));
  Parsed parsed = ParseCredentials(parts, url.credentials);
  if (parsed) parsed = ParseTarget(scheme->kind, parts, url);
  if (parsed) parsed = ParseQuery(parts.query, url);
  if (!parsed) return std::unexpected(std::move(parsed).error());
  if (!url.sentinel_credentials.user.empty() && url.sentinel_credentials.password.empty()) {
    return Wrong("names a user of the sentinels without a password");
  }
  return url;
}

}  // namespace chat::redis
