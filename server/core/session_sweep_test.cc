#include "server/core/session_sweep.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <vector>

#include "protocol/ids.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/hub_world.h"

namespace chat {
namespace {

using testing::Device;
using testing::HubWorld;
using testing::MemoryStore;

constexpr UserId kAlice(1001);

class SessionSweepTest : public ::testing::Test {
 protected:
  // Nobody here sends heartbeats.
  static HubOptions Patient() {
    HubOptions options;
    options.heartbeat_timeout = std::chrono::hours(1);
    return options;
  }

  HubWorld world_{1, Patient()};
};

TEST_F(SessionSweepTest, ClosesTheConnectionsOfASessionThatExpired) {
  Device& phone = world_.Connect(kAlice);
  Device& laptop = world_.Connect(kAlice);
  world_.Pass(SessionSweep::kPeriod);
  EXPECT_FALSE(phone.closed_with());

  world_.store().EndSession(phone.connection().owner().session_id);
  world_.Pass(SessionSweep::kPeriod);

  EXPECT_EQ(phone.closed_with(), websocket::CloseCode::kSessionExpired);
  EXPECT_FALSE(laptop.closed_with());
}

TEST_F(SessionSweepTest, ClosesNobodyBecauseTheStoreIsDown) {
  Device& phone = world_.Connect(kAlice);
  world_.store().EndSession(phone.connection().owner().session_id);
  world_.store().SetState(MemoryStore::State::kDown);
  world_.Pass(SessionSweep::kPeriod);
  EXPECT_FALSE(phone.closed_with());

  world_.store().SetState(MemoryStore::State::kUp);
  world_.Pass(SessionSweep::kPeriod);

  EXPECT_EQ(phone.closed_with(), websocket::CloseCode::kSessionExpired);
}

TEST_F(SessionSweepTest, AsksAboutManyInPartsAndAboutAll) {
  std::vector<Device*> devices;
  for (std::size_t i = 0; i <= SessionSweep::kAskedAtOnceMax; ++i) {
    devices.push_back(&world_.Connect(kAlice));
    world_.store().EndSession(devices.back()->connection().owner().session_id);
  }

  world_.Pass(SessionSweep::kPeriod + std::chrono::seconds(1));

  for (const Device* device : devices) {
    EXPECT_EQ(device->closed_with(), websocket::CloseCode::kSessionExpired);
  }
  EXPECT_EQ(world_.store().most_sessions_asked(), SessionSweep::kAskedAtOnceMax);
}

}  // namespace
}  // namespace chat
