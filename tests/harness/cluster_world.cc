#include "tests/harness/cluster_world.h"

#include <utility>

#include "tests/harness/deadline.h"
#include "tests/harness/http_client.h"

namespace chat::testing {

ClusterWorld::ClusterWorld(ClusterOptions options)
    : options_(std::move(options)),
      postgres_({.listens_on_tcp = options_.postgres_route == PostgresRoute::kThroughProxy}) {
  if (options_.postgres_route == PostgresRoute::kThroughProxy) {
    postgres_proxy_.emplace(Endpoint{.port = postgres_.port()});
  }
  for (int i = 0; i < options_.nodes; ++i) {
    std::vector<std::string> flags = {"--postgres=" + PostgresUrl(), "--redis=" + redis_.url(),
                                      "--node=node-" + std::to_string(i)};
    flags.insert(flags.end(), options_.flags.begin(), options_.flags.end());
    nodes_.emplace_back(ServerOptions{.shards = options_.shards, .flags = std::move(flags)});
  }
  for (int i = 0; i < options_.nodes; ++i) AwaitReady(i);
}

std::string ClusterWorld::PostgresUrl() const {
  if (!postgres_proxy_) return postgres_.url();
  return "postgresql://postgres@127.0.0.1:" + std::to_string(postgres_proxy_->port()) +
         "/postgres?sslmode=disable";
}

Person ClusterWorld::Arrives(std::string name, int node) {
  Person person(this->node(node).endpoint(), std::move(name), options_.encoding);
  person.LogsIn();
  return person;
}

Person ClusterWorld::Joins(std::string name, int node) {
  Person person = Arrives(std::move(name), node);
  person.Connects();
  return person;
}

Person ClusterWorld::JoinsAgain(const Person& person, std::string device_name, int node) {
  Person again = person.AtAnotherDevice(std::move(device_name));
  again.MovesTo(this->node(node).endpoint());
  again.LogsIn();
  again.Connects();
  return again;
}

int ClusterWorld::Readiness(int node) const {
  const HttpClient client(nodes_.at(static_cast<std::size_t>(node)).endpoint());
  return client.Get("/readyz").status;
}

void ClusterWorld::AwaitReady(int node) {
  const Deadline deadline;
  while (Readiness(node) != 200) {
    if (deadline.passed()) throw Surprise("node " + std::to_string(node) + " is not ready");
  }
}

std::vector<Endpoint> ClusterWorld::endpoints() const {
  std::vector<Endpoint> endpoints;
  for (const ServerProcess& node : nodes_) endpoints.push_back(node.endpoint());
  return endpoints;
}

}  // namespace chat::testing
