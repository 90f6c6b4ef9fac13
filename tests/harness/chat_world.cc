#include "tests/harness/chat_world.h"

#include <unistd.h>

#include <utility>

#include "tests/harness/deadline.h"
#include "tests/harness/metrics_page.h"
#include "tests/harness/socket.h"

namespace chat::testing {
namespace {

// Half of the ports or so lead to each of two shards; so many wrong ones in a row do not happen.
constexpr int kPortsTriedMax = 60;

// Below those that the system gives out by itself; tests at the same time begin elsewhere.
std::uint16_t FirstPort() { return static_cast<std::uint16_t>(10'000 + 10 * (::getpid() % 2'000)); }

std::string SeriesOf(int shard) {
  return "chat_connections{shard=\"" + std::to_string(shard) + "\"}";
}

}  // namespace

ChatWorld::ChatWorld(WorldOptions options) : options_(std::move(options)), next_port_(FirstPort()) {
  if (options_.nodes == 1) {
    server_.emplace(ServerOptions{.shards = options_.shards, .flags = options_.flags});
  } else {
    cluster_.emplace(ClusterOptions{
        .encoding = options_.encoding, .nodes = options_.nodes, .flags = options_.flags});
  }
}

Person ChatWorld::Arrives(std::string name) {
  // At another node than the one where they sit down next.
  const Endpoint& entrance =
      cluster_ ? cluster_->node((next_node_ + 1) % options_.nodes).endpoint() : server_->endpoint();
  Person person(entrance, std::move(name), options_.encoding);
  person.LogsIn();
  return person;
}

Person ChatWorld::Joins(std::string name) {
  Person person = Arrives(std::move(name));
  Seat(person);
  return person;
}

Person ChatWorld::JoinsAgain(const Person& person, std::string device_name) {
  Person again = person.AtAnotherDevice(std::move(device_name));
  again.LogsIn();
  Seat(again);
  return again;
}

const Endpoint& ChatWorld::NextEndpoint() {
  if (!cluster_) return server_->endpoint();
  return cluster_->node(std::exchange(next_node_, (next_node_ + 1) % options_.nodes)).endpoint();
}

void ChatWorld::Seat(Person& person, ConnectOptions options) {
  if (cluster_) {
    person.MovesTo(NextEndpoint());
  } else if (options_.shards > 1) {
    options.socket.source_port =
        FindPortTo(std::exchange(next_shard_, (next_shard_ + 1) % options_.shards));
  }
  person.Connects(options);
}

// The system chooses the shard by the ports of both sides, so the same port leads there again.
std::uint16_t ChatWorld::FindPortTo(int shard) {
  if (!usher_) usher_ = Arrives("usher");
  for (int i = 0; i < kPortsTriedMax; ++i) {
    const std::uint16_t port = next_port_++;
    if (LeadsTo(shard, port)) return port;
  }
  throw Surprise("no connection came to shard " + std::to_string(shard));
}

bool ChatWorld::LeadsTo(int shard, std::uint16_t port) {
  const MetricsPage before = server_->Metrics();
  try {
    usher_->Connects(
        {.access_token = usher_->api().access_token(), .socket = {.source_port = port}});
  } catch (const PortTaken&) {
    return false;
  }
  const bool leads_there = ConnectionsOf(shard) > before.Value(SeriesOf(shard));
  usher_->Vanishes();
  AwaitConnectionsAtMost(before.Total("chat_connections"));
  return leads_there;
}

double ChatWorld::ConnectionsOf(int shard) const {
  return server_->Metrics().Value(SeriesOf(shard));
}

// At most, for one that vanished before may have been counted until now.
void ChatWorld::AwaitConnectionsAtMost(double total) const {
  const Deadline deadline;
  while (server_->Metrics().Total("chat_connections") > total) {
    if (deadline.passed()) throw Surprise("a closed connection is still counted");
  }
}

}  // namespace chat::testing
