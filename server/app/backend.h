// What a server stands on, whichever kind it is: a store, and what carries the news between shards
// and nodes. EmbeddedBackend is one file and this process, ClusteredBackend PostgreSQL and Redis.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "server/local/local_bus.h"
#include "server/ports/accounts.h"
#include "server/ports/blocks.h"
#include "server/ports/bus.h"
#include "server/ports/clock.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/dependency.h"
#include "server/ports/executor.h"
#include "server/ports/groups.h"
#include "server/ports/inspection.h"
#include "server/ports/marks.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"
#include "server/ports/rate_limits.h"
#include "server/ports/search.h"
#include "server/ports/sessions.h"
#include "server/ports/signing_keys.h"
#include "server/ports/updates.h"
#include "server/telemetry/metrics.h"

namespace chat::app {

enum class Need {
  kRequired,  // without it the server is not ready
  kShown,     // without it the server does its work in a slower way
};

struct NeededDependency {
  std::string_view name;  // as its answers have it
  std::unique_ptr<Dependency> dependency;
  Need need = Need::kRequired;
};

// The ports of one shard. All complete on the shard that they were made for.
struct ShardPorts {
  std::unique_ptr<Accounts> accounts;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Contacts> contacts;
  std::unique_ptr<Blocks> blocks;
  std::unique_ptr<Conversations> conversations;
  std::unique_ptr<Groups> groups;
  std::unique_ptr<Messages> messages;
  std::unique_ptr<Marks> marks;
  std::unique_ptr<MessageChanges> message_changes;
  std::unique_ptr<Search> search;
  std::unique_ptr<PresenceRecords> presence_records;
  std::unique_ptr<Updates> updates;
  std::vector<NeededDependency> dependencies;
};

struct BackendCounters {
  telemetry::StoreSnapshot store;
  std::vector<telemetry::QueueSnapshot> queues;
  std::vector<telemetry::PartNumber> parts;
  std::vector<telemetry::PartHistogram> histograms;
};

// Thread: the main one, but for what bus() and the ports say, and counters(): any.
// Lifetime: outlives all that it made and the shards' use of it; made after nothing.
class Backend {
 public:
  virtual ~Backend() = default;

  // Lifetime of what these make: not longer than the backend and `home`.
  virtual ShardPorts MakePorts(Executor& home) = 0;
  virtual std::unique_ptr<SigningKeys> MakeSigningKeys(Executor& home) = 0;
  virtual std::unique_ptr<Inspection> MakeInspection(Executor& home) = 0;

  // The time of what is stored.
  virtual const Clock& clock() const = 0;

  // Where the shards publish.
  virtual Bus& bus() = 0;

  // What the shards ask before they serve.
  virtual RateLimits& rate_limits() = 0;

  // A shard hears of what was committed, and who came and went, on any shard of any node. Before
  // Start only.
  virtual void Subscribe(BusSubscriber subscriber) = 0;

  // Begins to speak to other nodes, if there are any, and to index what was said. `on_lost_track`
  // is called, on a thread of the backend's, whenever clients may have missed something that this
  // node can no longer tell them.
  virtual void Start(std::function<void()> on_lost_track) = 0;

  virtual BackendCounters counters() const = 0;

  // Takes leave of other nodes and closes the store. Called once, when nobody is connected any
  // more; what is asked of the store from now on is answered with kUnavailable.
  virtual void Stop() = 0;
};

}  // namespace chat::app
