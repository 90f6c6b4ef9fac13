// A server, embedded or as several nodes, and the people around it, each connected to another shard
// or node than the one before.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/envelope.h"
#include "tests/harness/chat_client.h"
#include "tests/harness/cluster_world.h"
#include "tests/harness/person.h"
#include "tests/harness/server_process.h"
#include "tests/harness/socket.h"

namespace chat::testing {

struct WorldOptions {
  Encoding encoding = Encoding::kJson;
  int shards = 1;
  // One is the embedded server; more share a PostgreSQL and a Redis, and have one shard each.
  int nodes = 1;
  // Further flags of every server.
  std::vector<std::string> flags = {};
};

// Thread: one. Lifetime: the test's, longer than its people.
class ChatWorld {
 public:
  explicit ChatWorld(WorldOptions options);

  // Somebody who is registered and logged in, at another node than the one whose turn it is.
  Person Arrives(std::string name);

  // Also connected, each one to another shard or node than the one before as far as there are
  // several.
  Person Joins(std::string name);

  // Another device of `person`, logged in and connected, to the next shard or node too.
  Person JoinsAgain(const Person& person, std::string device_name);

  // Connects `person` to the shard or node whose turn it is.
  void Seat(Person& person, ConnectOptions options = {});

  // Of the server, or of the node whose turn it is.
  const Endpoint& NextEndpoint();

  // The embedded one.
  ServerProcess& server() {
    assert(server_);
    return *server_;
  }
  Encoding encoding() const { return options_.encoding; }

 private:
  // A client's port from where the system leads to this shard.
  std::uint16_t FindPortTo(int shard);
  bool LeadsTo(int shard, std::uint16_t port);
  double ConnectionsOf(int shard) const;
  void AwaitConnectionsAtMost(double total) const;

  WorldOptions options_;
  std::optional<ServerProcess> server_;  // the embedded one, or
  std::optional<ClusterWorld> cluster_;
  // Connects in the place of others to see where that leads: trying leaves marks on one's presence.
  std::optional<Person> usher_;
  std::uint16_t next_port_;
  int next_shard_ = 0;
  int next_node_ = 0;
};

}  // namespace chat::testing
