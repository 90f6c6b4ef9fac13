// A cluster and the people around it: PostgreSQL, Redis and several nodes, all real processes on
// this machine, each of which a test can kill, freeze and start again.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "protocol/envelope.h"
#include "tests/harness/person.h"
#include "tests/harness/postgres_proxy.h"
#include "tests/harness/postgres_server.h"
#include "tests/harness/redis_server.h"
#include "tests/harness/server_process.h"
#include "tests/harness/socket.h"

namespace chat::testing {

// How the nodes reach PostgreSQL.
enum class PostgresRoute {
  kDirect,
  kThroughProxy,  // which can lose answers
};

struct ClusterOptions {
  Encoding encoding = Encoding::kProtobuf;
  int nodes = 2;
  int shards = 1;
  PostgresRoute postgres_route = PostgresRoute::kDirect;
  // Further flags of every node.
  std::vector<std::string> flags = {};
};

// Thread: one. Lifetime: the test's, longer than its people.
class ClusterWorld {
 public:
  // Returns when every node is ready.
  //
  // Errors: throws Surprise when one is not in time.
  explicit ClusterWorld(ClusterOptions options = {});

  // Somebody who is registered and logged in, at this node.
  Person Arrives(std::string name, int node);
  // Also connected.
  Person Joins(std::string name, int node);
  // Another device of `person`, logged in and connected, at this node.
  Person JoinsAgain(const Person& person, std::string device_name, int node);

  // Waits until the node says on /readyz that it can serve.
  void AwaitReady(int node);
  // How /readyz answers now.
  int Readiness(int node) const;

  ServerProcess& node(int number) { return nodes_.at(static_cast<std::size_t>(number)); }
  int size() const { return static_cast<int>(nodes_.size()); }
  std::vector<Endpoint> endpoints() const;
  PostgresServer& postgres() { return postgres_; }
  RedisServer& redis() { return redis_; }
  // Only with PostgresRoute::kThroughProxy.
  PostgresProxy& postgres_proxy() { return *postgres_proxy_; }

 private:
  std::string PostgresUrl() const;

  ClusterOptions options_;
  PostgresServer postgres_;
  std::optional<PostgresProxy> postgres_proxy_;
  RedisServer redis_;
  std::deque<ServerProcess> nodes_;
};

}  // namespace chat::testing
