#include "server/core/evacuation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "protocol/websocket/close_code.h"
#include "tests/harness/hub_world.h"

namespace chat::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr UserId kAlice(1);
constexpr UserId kBob(2);

// Whether a go_away is among the frames that came.
bool IsToldToGo(Device& device) {
  const std::vector<v1::ServerFrame> frames = device.TakeAnswers();
  return std::ranges::any_of(frames, [](const v1::ServerFrame& f) { return f.has_go_away(); });
}

TEST(EvacuationTest, IsOverAtOnceWhereNobodyIs) {
  HubWorld world;

  world.hub().Evacuate({.window_max = seconds(10), .stay = seconds(1)});

  EXPECT_TRUE(world.hub().is_evacuated());
}

TEST(EvacuationTest, TellsManyOneAfterTheOtherOverTheWholeWindow) {
  HubWorld world;
  std::vector<Device*> devices;
  for (int i = 1; i <= 2000; ++i) devices.push_back(&world.Connect(UserId(i)));
  for (Device* device : devices) device->Take();

  world.hub().Evacuate({.window_max = seconds(10), .stay = milliseconds(250)});

  for (int second = 0; second < 10; ++second) {
    world.Pass(seconds(1));
    const auto told = std::ranges::count_if(devices, [](Device* d) { return IsToldToGo(*d); });
    EXPECT_GE(told, 170) << second;
    EXPECT_LE(told, 230) << second;
  }
}

TEST(EvacuationTest, ClosesOneThatWasToldOnlyAfterTheMomentItWasTold) {
  HubWorld world;
  std::vector<Device*> devices;
  for (int i = 1; i <= 100; ++i) devices.push_back(&world.Connect(UserId(i)));
  for (Device* device : devices) device->Take();
  world.hub().Evacuate({.window_max = seconds(10), .stay = milliseconds(250)});

  std::vector<milliseconds> leaves_at(devices.size());
  for (milliseconds passed{0}; passed < seconds(3); passed += milliseconds(100)) {
    world.Pass(milliseconds(100));
    for (std::size_t i = 0; i < devices.size(); ++i) {
      for (const v1::ServerFrame& frame : devices[i]->TakeAnswers()) {
        if (!frame.has_go_away()) continue;
        EXPECT_LE(frame.go_away().reconnect_after_ms(), 500u);
        leaves_at[i] = passed + milliseconds(frame.go_away().reconnect_after_ms());
      }
      if (devices[i]->closed_with()) EXPECT_GE(passed, leaves_at[i]);
    }
  }

  for (Device* device : devices) {
    EXPECT_EQ(device->closed_with(), websocket::CloseCode::kServerRestart);
  }
  EXPECT_TRUE(world.hub().is_evacuated());
}

TEST(EvacuationTest, FewDoNotWaitForTheWindow) {
  HubWorld world;
  Device& alice = world.Connect(kAlice);
  Device& bob = world.Connect(kBob);
  world.hub().Evacuate({.window_max = seconds(10), .stay = milliseconds(0)});

  world.Pass(milliseconds(100));
  EXPECT_TRUE(IsToldToGo(alice));
  EXPECT_TRUE(IsToldToGo(bob));
  world.Pass(milliseconds(100));

  EXPECT_EQ(alice.closed_with(), websocket::CloseCode::kServerRestart);
  EXPECT_EQ(bob.closed_with(), websocket::CloseCode::kServerRestart);
}

TEST(EvacuationTest, OneThatLeavesByItselfIsNotWaitedFor) {
  HubWorld world;
  Device& alice = world.Connect(kAlice);
  world.hub().Evacuate({.window_max = seconds(10), .stay = seconds(10)});
  world.Pass(milliseconds(100));
  EXPECT_FALSE(world.hub().is_evacuated());

  alice.Disconnect();
  world.Pass(milliseconds(100));

  EXPECT_TRUE(world.hub().is_evacuated());
}

TEST(EvacuationTest, ASendIsAnsweredBeforeItsConnectionIsClosed) {
  HubWorld world;
  const ConversationId room = world.store().AddConversation({kAlice, kBob});
  Device& alice = world.Connect(kAlice);
  world.hub().Evacuate({.window_max = milliseconds(0), .stay = milliseconds(0)});
  alice.Give(SendFrame(room, "m1", "hello"));
  world.hub().Advance({Instant(std::chrono::hours(1)) + milliseconds(50), UnixTime()});
  alice.Take();
  world.hub().Advance({Instant(std::chrono::hours(1)) + milliseconds(90), UnixTime()});
  EXPECT_FALSE(alice.closed_with());

  world.Settle();
  const auto frames = alice.TakeAnswers();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_TRUE(frames[0].has_ack());
  world.Pass(milliseconds(200));

  EXPECT_EQ(alice.closed_with(), websocket::CloseCode::kServerRestart);
}

TEST(EvacuationTest, AReaderThatTakesNothingIsClosedAllTheSame) {
  HubWorld world;
  Device& alice = world.Connect(kAlice);
  world.hub().Evacuate({.window_max = seconds(10), .stay = milliseconds(0)});

  world.Pass(seconds(1));
  EXPECT_FALSE(alice.closed_with());
  world.Pass(seconds(2));

  EXPECT_EQ(alice.closed_with(), websocket::CloseCode::kServerRestart);
  EXPECT_TRUE(world.hub().is_evacuated());
}

TEST(EvacuationTest, HurryingEndsTheWindowAndTheStay) {
  HubWorld world;
  std::vector<Device*> devices;
  for (int i = 1; i <= 1000; ++i) devices.push_back(&world.Connect(UserId(i)));
  world.hub().Evacuate({.window_max = seconds(10), .stay = seconds(5)});
  world.Pass(seconds(1));
  for (Device* device : devices) device->Take();

  world.hub().HurryEvacuation();
  world.Pass(milliseconds(100));
  for (Device* device : devices) device->Take();
  world.Pass(milliseconds(100));

  EXPECT_TRUE(world.hub().is_evacuated());
  for (Device* device : devices) EXPECT_TRUE(device->closed_with());
}

}  // namespace
}  // namespace chat::testing
