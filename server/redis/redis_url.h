// Where Redis is, as an operator writes it: one URL, parsed and checked. It opens nothing. The
// password that stands in it is never part of an error.
//
//   redis://[[user]:password@]host[:port][/db]       plain TCP
//   rediss://…                                       TLS; ?ca=<file> instead of the system's
//   unix://[[user]:password@]/path/of/socket[?db=n]  also as redis+unix://
//   redis+sentinel://[[user]:password@]host[:port],host[:port]/<name of the master>[/db]
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace chat::redis {

// One end of a connection: a socket of the file system if `path` is set, else host and port.
struct Address {
  std::string host;  // a name or an IP address, IPv6 without brackets
  std::uint16_t port = 0;
  std::string path;

  bool is_unix() const { return !path.empty(); }

  // "host:port" or the path, for logs.
  std::string ToString() const;

  friend bool operator==(const Address&, const Address&) = default;
};

struct Credentials {
  std::string user;      // empty: Redis' default user
  std::string password;  // empty: none is sent

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

enum class Transport { kPlain, kTls };

// Thread: any, it is a value. Lifetime: any.
struct RedisUrl {
  Transport transport = Transport::kPlain;
  // Of Redis; with Sentinel unset, because the sentinels know it.
  Address server;
  std::vector<Address> sentinels;
  std::string master_name;
  Credentials credentials;
  // ?sentinel_user= and ?sentinel_password=, for sentinels that ask for them.
  Credentials sentinel_credentials;
  std::uint32_t database = 0;
  // ?ca=: a file of certificates in PEM; empty: those that the system trusts.
  std::string ca_file;
  // ?prefix=: tells clusters apart that share a Redis; empty: the number of the database does.
  std::string prefix;

  bool has_sentinels() const { return !sentinels.empty(); }

  // What nodes that belong together listen to.
  std::string channel() const;
};

// Limits: 4,096 bytes, 16 sentinels, databases up to 65,535.
// Errors: one sentence for the operator, without what stands before the @.
std::expected<RedisUrl, std::string> ParseRedisUrl(std::string_view text);

}  // namespace chat::redis
