// The contract of the port Bus, run on the bus inside one process.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "server/local/local_bus.h"
#include "tests/contracts/bus_contract.h"

namespace chat::contracts {
namespace {

const BusKind kLocal = {"Local", [](std::vector<Listener> listeners) {
                          auto bus = std::make_unique<LocalBus>();
                          for (Listener& listener : listeners) {
                            bus->Subscribe({listener.executor, std::move(listener.handle)});
                          }
                          return bus;
                        }};

INSTANTIATE_TEST_SUITE_P(Embedded, BusContract, testing::Values(kLocal),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace chat::contracts
