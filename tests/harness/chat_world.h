// A server and the people around it, each connected to the shard that the test wants.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/envelope.h"
#include "tests/harness/chat_client.h"
#include "tests/harness/person.h"
#include "tests/harness/server_process.h"

namespace chat::testing {

struct WorldOptions {
  Encoding encoding = Encoding::kJson;
  int shards = 1;
  // Further flags of the server.
  std::vector<std::string> flags = {};
};

// Thread: one. Lifetime: the test's, longer than its people.
class ChatWorld {
 public:
  explicit ChatWorld(WorldOptions options);

  // Somebody who is registered and logged in.
  Person Arrives(std::string name);

  // Also connected, each one to another shard than the one before as far as there are several.
  Person Joins(std::string name);

  // Another device of `person`, logged in and connected, to the next shard too.
  Person JoinsAgain(const Person& person, std::string device_name);

  // Connects `person` to the shard whose turn it is.
  void Seat(Person& person, ConnectOptions options = {});

  ServerProcess& server() { return server_; }
  Encoding encoding() const { return options_.encoding; }

 private:
  // A client's port from where the system leads to this shard.
  std::uint16_t FindPortTo(int shard);
  bool LeadsTo(int shard, std::uint16_t port);
  double ConnectionsOf(int shard) const;
  void AwaitConnections(double total) const;

  WorldOptions options_;
  ServerProcess server_;
  // Connects in the place of others to see where that leads: trying leaves marks on one's presence.
  std::optional<Person> usher_;
  std::uint16_t next_port_;
  int next_shard_ = 0;
};

}  // namespace chat::testing
