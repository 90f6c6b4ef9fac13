#include "server/core/presence_watches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr UserId kAlice(1);
constexpr UserId kBob(2);
constexpr UserId kCarol(3);
constexpr ConnectionHandle kPhone{10};
constexpr ConnectionHandle kLaptop{11};

TEST(PresenceWatchesTest, NamesAllWhoWatchAUser) {
  PresenceWatches watches;
  watches.Set(kPhone, {kAlice, kBob});
  watches.Set(kLaptop, {kBob});

  EXPECT_THAT(watches.WatchersOf(kAlice), ElementsAre(kPhone));
  EXPECT_THAT(watches.WatchersOf(kBob), UnorderedElementsAre(kPhone, kLaptop));
  EXPECT_THAT(watches.WatchersOf(kCarol), IsEmpty());
}

TEST(PresenceWatchesTest, NamesAllWhomAConnectionWatches) {
  PresenceWatches watches;
  watches.Set(kPhone, {kCarol, kAlice});

  EXPECT_THAT(watches.WatchedBy(kPhone), UnorderedElementsAre(kAlice, kCarol));
  EXPECT_THAT(watches.WatchedBy(kLaptop), IsEmpty());
}

TEST(PresenceWatchesTest, ReplacesTheWholeList) {
  PresenceWatches watches;
  watches.Set(kPhone, {kAlice, kBob});

  watches.Set(kPhone, {kBob, kCarol});

  EXPECT_THAT(watches.WatchersOf(kAlice), IsEmpty());
  EXPECT_THAT(watches.WatchersOf(kBob), ElementsAre(kPhone));
  EXPECT_THAT(watches.WatchersOf(kCarol), ElementsAre(kPhone));
}

TEST(PresenceWatchesTest, KeepsNothingOfOneWhoWatchesNoOne) {
  PresenceWatches watches;
  watches.Set(kPhone, {kAlice, kBob});
  watches.Set(kLaptop, {kAlice});

  watches.Remove(kPhone);
  watches.Remove(kPhone);
  watches.Set(kLaptop, {});

  EXPECT_THAT(watches.WatchersOf(kAlice), IsEmpty());
  EXPECT_EQ(watches.size(), 0u);
}

TEST(PresenceWatchesTest, WatchesOnceWhoIsNamedTwice) {
  PresenceWatches watches;
  watches.Set(kPhone, {kAlice, kBob, kAlice});

  EXPECT_THAT(watches.WatchersOf(kAlice), ElementsAre(kPhone));
  EXPECT_EQ(watches.size(), 2u);
}

TEST(PresenceWatchesTest, AgreesWithASetOfPairsAfterAnyChanges) {
  std::mt19937 random(5);
  PresenceWatches watches;
  std::map<ConnectionHandle, std::set<UserId>> expected;

  for (int step = 0; step < 2000; ++step) {
    const ConnectionHandle watcher{static_cast<std::uint32_t>(random() % 20)};
    std::vector<UserId> users;
    for (std::size_t count = random() % 10; users.size() < count;) {
      users.push_back(UserId(static_cast<std::int64_t>(random() % 15)));
    }
    expected[watcher] = std::set(users.begin(), users.end());
    watches.Set(watcher, users);

    const UserId user(static_cast<std::int64_t>(random() % 15));
    std::vector<ConnectionHandle> watchers;
    for (const auto& [handle, watched] : expected) {
      if (watched.contains(user)) watchers.push_back(handle);
    }
    ASSERT_THAT(watches.WatchersOf(user), testing::UnorderedElementsAreArray(watchers));
  }
}

}  // namespace
}  // namespace chat
