// What every bus has to do. A bus joins by instantiating the suite (as local_bus_contract_test.cc
// does).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "server/ports/bus.h"
#include "server/ports/executor.h"
#include "tests/contracts/hand_executor.h"

namespace chat::contracts {

// One who hears what is published.
struct Listener {
  Executor& executor;
  std::function<void(const BusMessage&)> handle;
};

// A kind of bus, as the parameter of the suite.
struct BusKind {
  std::string name;
  std::function<std::unique_ptr<Bus>(std::vector<Listener>)> make;
};

inline void PrintTo(const BusKind& kind, std::ostream* out) { *out << kind.name; }

class BusContract : public testing::TestWithParam<BusKind> {};

}  // namespace chat::contracts
