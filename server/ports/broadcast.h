// Port: a fast and forgetful way to say something to all nodes. Messages may be lost, doubled or
// late; whoever uses it numbers them and has a slower way that is sure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace chat {

// Whoever hears what is said. Called on the cluster's loop.
class BroadcastListener {
 public:
  virtual ~BroadcastListener() = default;

  // One message from any node, this one included.
  virtual void Heard(std::string_view message) = 0;

  // From now on everything that is said is heard, until the connection is lost again.
  virtual void Joined() = 0;
  virtual void Lost() = 0;
};

// Thread: the cluster's loop.
class Broadcast {
 public:
  virtual ~Broadcast() = default;

  // Says it to all nodes, with everything else of this turn of the loop in one write. While there
  // is no connection, or too much waits to be written, it is dropped.
  virtual void Say(std::string message) = 0;
};

}  // namespace chat
