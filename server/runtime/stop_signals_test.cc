#include "server/runtime/stop_signals.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

namespace chat::runtime {
namespace {

TEST(StopSignalsTest, CallsBackOnceForTheFirstSignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    asio::io_context io_context;
    int calls = 0;
    const StopSignals signals(io_context, [&] { ++calls; });

    std::raise(signal);
    io_context.run_for(std::chrono::seconds(10));

    EXPECT_EQ(calls, 1) << signal;
  }
}

TEST(StopSignalsDeathTest, ASecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        asio::io_context io_context;
        const StopSignals signals(io_context, [] {});
        std::raise(SIGTERM);
        io_context.run_for(std::chrono::seconds(10));
        std::raise(SIGTERM);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace chat::runtime
