#include "server/core/presence_map.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>

namespace chat {
namespace {

constexpr UserId kAlice(1);
constexpr UserId kBob(2);
constexpr UnixTime kNoon{std::chrono::sys_days(std::chrono::January / 2 / 2026) +
                         std::chrono::hours(12)};

PresenceTransition Came(UserId user, std::uint32_t shard) {
  return {.shard = shard, .user_id = user, .online = true, .at = kNoon};
}

PresenceTransition Left(UserId user, std::uint32_t shard, UnixTime at = kNoon) {
  return {.shard = shard, .user_id = user, .online = false, .at = at};
}

TEST(PresenceMapTest, TellsWhenSomeoneCameAndLeft) {
  PresenceMap map;

  const auto came = map.Apply(Came(kAlice, 0));
  ASSERT_TRUE(came.has_value());
  EXPECT_EQ(came->online, OnlineState::kOnline);
  EXPECT_EQ(came->seen.user_id, kAlice);
  EXPECT_EQ(came->seen.last_seen_at, std::nullopt);
  EXPECT_TRUE(map.IsOnline(kAlice));
  EXPECT_FALSE(map.IsOnline(kBob));

  const auto left = map.Apply(Left(kAlice, 0));
  ASSERT_TRUE(left.has_value());
  EXPECT_EQ(left->online, OnlineState::kOffline);
  EXPECT_EQ(left->seen.last_seen_at, kNoon);
  EXPECT_FALSE(map.IsOnline(kAlice));
}

TEST(PresenceMapTest, TellsNothingOfFurtherShards) {
  PresenceMap map;
  map.Apply(Came(kAlice, 0));

  EXPECT_FALSE(map.Apply(Came(kAlice, 1)).has_value());
  EXPECT_FALSE(map.Apply(Left(kAlice, 0)).has_value());
  EXPECT_TRUE(map.IsOnline(kAlice));
  EXPECT_TRUE(map.Apply(Left(kAlice, 1)).has_value());
}

TEST(PresenceMapTest, CountsAShardOnceHoweverOftenItSpeaks) {
  PresenceMap map;
  map.Apply(Came(kAlice, 0));
  EXPECT_FALSE(map.Apply(Came(kAlice, 0)).has_value());

  EXPECT_TRUE(map.Apply(Left(kAlice, 0)).has_value());
  EXPECT_FALSE(map.Apply(Left(kAlice, 0)).has_value());
}

TEST(PresenceMapTest, TellsTheLatestTimeThoughAnotherShardWasLeftLast) {
  PresenceMap map;
  map.Apply(Came(kAlice, 0));
  map.Apply(Came(kAlice, 1));
  map.Apply(Left(kAlice, 0, kNoon + std::chrono::seconds(20)));

  const auto left = map.Apply(Left(kAlice, 1, kNoon));

  ASSERT_TRUE(left.has_value());
  EXPECT_EQ(left->seen.last_seen_at, kNoon + std::chrono::seconds(20));
}

TEST(PresenceMapTest, RemembersThoseWhoLeftLatelyWithinItsBound) {
  PresenceMap map;
  for (std::size_t user = 1; user <= PresenceMap::kRecentMax + 1; ++user) {
    map.Apply(Came(UserId(static_cast<std::int64_t>(user)), 0));
    map.Apply(Left(UserId(static_cast<std::int64_t>(user)), 0));
  }

  EXPECT_EQ(map.RecentlySeen(UserId(1)), std::nullopt);
  EXPECT_EQ(map.RecentlySeen(UserId(2)), kNoon);
  EXPECT_EQ(map.RecentlySeen(UserId(PresenceMap::kRecentMax + 1)), kNoon);
}

TEST(PresenceMapTest, IsTheUnionOfAnyHistory) {
  std::mt19937 random(3);
  PresenceMap map;
  std::map<UserId, std::set<std::uint32_t>> shards;

  for (int step = 0; step < 20'000; ++step) {
    const UserId user(static_cast<std::int64_t>(random() % 50 + 1));
    const std::uint32_t shard = random() % 4;
    const bool was_online = !shards[user].empty();
    const bool comes = random() % 2 == 0;
    if (comes) {
      shards[user].insert(shard);
    } else {
      shards[user].erase(shard);
    }

    const auto change = map.Apply(comes ? Came(user, shard) : Left(user, shard));

    ASSERT_EQ(map.IsOnline(user), !shards[user].empty());
    ASSERT_EQ(change.has_value(), was_online != map.IsOnline(user));
  }
}

}  // namespace
}  // namespace chat
