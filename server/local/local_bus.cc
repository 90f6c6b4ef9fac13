#include "server/local/local_bus.h"

#include <utility>

namespace chat {

void LocalBus::Subscribe(BusSubscriber subscriber) {
  subscribers_.push_back(std::move(subscriber));
}

void LocalBus::Publish(BusMessage message) {
  for (const BusSubscriber& subscriber : subscribers_) {
    subscriber.executor.Post([&handle = subscriber.handle, message] { handle(message); });
  }
}

}  // namespace chat
