#include "server/runtime/stop_signals.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

namespace chat::runtime {
namespace {

constexpr std::chrono::seconds kDeadline{10};

TEST(StopSignalsTest, TellsTheFirstSignalFromTheSecond) {
  for (const int signal : {SIGTERM, SIGINT}) {
    asio::io_context io_context;
    int first = 0;
    int second = 0;
    const StopSignals signals(io_context,
                              {.on_first = [&] { ++first; }, .on_second = [&] { ++second; }});

    std::raise(signal);
    while (first == 0 && io_context.run_one_for(kDeadline) > 0) {
    }
    EXPECT_EQ(first, 1) << signal;
    EXPECT_EQ(second, 0) << signal;
    std::raise(signal);
    io_context.run_for(kDeadline);

    EXPECT_EQ(first, 1) << signal;
    EXPECT_EQ(second, 1) << signal;
  }
}

TEST(StopSignalsDeathTest, AThirdSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        asio::io_context io_context;
        bool hurried = false;
        const StopSignals signals(io_context,
                                  {.on_first = [] {}, .on_second = [&] { hurried = true; }});
        std::raise(SIGTERM);
        std::raise(SIGTERM);
        while (!hurried && io_context.run_one_for(kDeadline) > 0) {
        }
        std::raise(SIGTERM);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace chat::runtime
