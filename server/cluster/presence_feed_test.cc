#include "server/cluster/presence_feed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "server/cluster/test_ports.h"

namespace chat::cluster {
namespace {

using namespace std::chrono_literals;

constexpr Epoch kOwn{10};
constexpr Epoch kA{3};
constexpr Epoch kB{4};
constexpr UserId kAnna{1};
constexpr UserId kBen{2};
constexpr UserId kCara{3};

class PresenceFeedTest : public ::testing::Test {
 protected:
  void Pass(std::chrono::milliseconds time) {
    now_.steady += time;
    now_.wall += time;
    feed_.Advance(now_);
  }

  PresenceTransition Step(Epoch node, UserId user, bool online) const {
    return {.node = node, .shard = 0, .user_id = user, .online = online, .at = now_.wall};
  }

  void HearNews(Epoch node, std::uint64_t number, UserId user, bool online) {
    feed_.Heard(PresenceNews{node, number, {Step(node, user, online)}});
  }

  // The whole state of a node in one chunk.
  void HearSnapshot(Epoch node, std::uint64_t number, const std::vector<UserId>& users) {
    PresenceChunk chunk{node, number, ++serial_, 0, 1, {}};
    for (const UserId user : users) chunk.places.push_back({user, 0});
    feed_.Heard(chunk);
  }

  void Collect(UserId user, bool online) { feed_.Collect({Step(Epoch(), user, online)}); }

  // Each transition that the shards were told of since the last call: node, user, online.
  using Told = std::vector<std::tuple<Epoch, UserId, bool>>;
  Told TakeTold() {
    Told told;
    for (const auto& step : shards_.TakeTransitions()) {
      told.emplace_back(step.node, step.user_id, step.online);
    }
    std::ranges::sort(told);
    return told;
  }

  ShardsBus shards_;
  SaidMessages said_;
  std::uint64_t serial_ = 0;
  Moment now_{Instant(1h), UnixTime(std::chrono::days(20'000))};
  PresenceFeed feed_{{.chunk_places_max = 2}, {shards_, said_}};
};

TEST_F(PresenceFeedTest, OwnTransitionsAreSaidOnceATurnUnderTheOwnEpoch) {
  feed_.SetOwn(kOwn);
  Collect(kAnna, true);
  Collect(kBen, true);
  Pass(50ms);
  auto news = said_.Take<PresenceNews>();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].node, kOwn);
  ASSERT_EQ(news[0].transitions.size(), 2u);
  EXPECT_EQ(news[0].transitions[0].node, kOwn);

  Collect(kAnna, false);
  Pass(50ms);
  const auto next = said_.Take<PresenceNews>();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].number, news[0].number + 1);
  Pass(50ms);
  EXPECT_TRUE(said_.Take<PresenceNews>().empty());
  EXPECT_TRUE(shards_.transitions.empty()) << "the own shards know";
}

TEST_F(PresenceFeedTest, ManyTransitionsAreSeveralNews) {
  feed_.SetOwn(kOwn);
  for (std::int64_t user = 1; user <= 4'500; ++user) Collect(UserId(user), true);
  Pass(50ms);
  const auto news = said_.Take<PresenceNews>();
  ASSERT_EQ(news.size(), 3u);
  EXPECT_EQ(news[2].number, news[0].number + 2);
  EXPECT_EQ(news[2].transitions.size(), 500u);
}

TEST_F(PresenceFeedTest, NothingIsSaidBeforeThereIsAnEpoch) {
  Collect(kAnna, true);
  Pass(2s);
  EXPECT_TRUE(said_.said.empty());

  feed_.SetOwn(kOwn);
  Pass(50ms);

  const auto chunks = said_.Take<PresenceChunk>();
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0].places, (std::vector<OnlinePlace>{{kAnna, 0}}));
}

TEST_F(PresenceFeedTest, ANewOwnEpochBeginsWithASnapshot) {
  feed_.SetOwn(kOwn);
  Collect(kAnna, true);
  Pass(50ms);
  said_.Take<PresenceNews>();
  feed_.SetOwn(Epoch(12));
  Pass(50ms);
  const auto chunks = said_.Take<PresenceChunk>();
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0].node, Epoch(12));
  EXPECT_EQ(chunks[0].places.size(), 1u);
}

TEST_F(PresenceFeedTest, AMarkIsSaidOnceASecond) {
  feed_.SetOwn(kOwn);
  Collect(kAnna, true);
  Pass(50ms);
  said_.said.clear();
  std::vector<PresenceMark> marks;
  for (int turn = 0; turn < 100; ++turn) {
    Pass(50ms);
    for (const PresenceMark& mark : said_.Take<PresenceMark>()) marks.push_back(mark);
  }
  EXPECT_EQ(marks.size(), 5u);
  EXPECT_EQ(marks[0].node, kOwn);
  EXPECT_EQ(marks[0].number, 1u);
}

TEST_F(PresenceFeedTest, ASnapshotIsAnsweredInChunksAndOnceASecond) {
  feed_.SetOwn(kOwn);
  for (std::int64_t user = 1; user <= 5; ++user) Collect(UserId(user), true);
  Pass(50ms);
  Pass(2s);
  said_.said.clear();
  feed_.Heard(PresenceAsk{kOwn});
  feed_.Heard(PresenceAsk{kOwn});
  feed_.Heard(PresenceAsk{kA});
  Pass(50ms);
  const auto chunks = said_.Take<PresenceChunk>();
  ASSERT_EQ(chunks.size(), 3u);
  std::set<UserId> users;
  for (const PresenceChunk& chunk : chunks) {
    EXPECT_EQ(chunk.chunks, 3u);
    EXPECT_EQ(chunk.serial, chunks[0].serial);
    for (const OnlinePlace& place : chunk.places) users.insert(place.user_id);
  }
  EXPECT_EQ(users.size(), 5u);

  feed_.Heard(PresenceAsk{kOwn});
  Pass(50ms);
  EXPECT_TRUE(said_.Take<PresenceChunk>().empty());
  Pass(1s);
  EXPECT_EQ(said_.Take<PresenceChunk>().size(), 3u);
}

TEST_F(PresenceFeedTest, ANodeThatCameIsAskedOnceASecondUntilItAnswers) {
  feed_.NodeCame(kA);
  Pass(50ms);
  EXPECT_EQ(said_.Take<PresenceAsk>().size(), 1u);
  Pass(500ms);
  EXPECT_EQ(said_.Take<PresenceAsk>().size(), 0u);
  Pass(600ms);
  EXPECT_EQ(said_.Take<PresenceAsk>().size(), 1u);
  EXPECT_EQ(feed_.unknown_count(), 1u);

  HearSnapshot(kA, 5, {kAnna});

  EXPECT_EQ(TakeTold(), (Told{{kA, kAnna, true}}));
  EXPECT_EQ(feed_.unknown_count(), 0u);
  Pass(5s);
  EXPECT_EQ(said_.Take<PresenceAsk>().size(), 0u);
}

TEST_F(PresenceFeedTest, NewsAreHandedOnWithTheirNodeAndRepeatsAreNot) {
  feed_.NodeCame(kA);
  HearSnapshot(kA, 5, {});
  HearNews(kA, 6, kAnna, true);
  HearNews(kA, 6, kAnna, true);
  HearNews(kA, 5, kAnna, false);
  HearNews(kA, 7, kAnna, true);
  EXPECT_EQ(TakeTold(), (Told{{kA, kAnna, true}}));
  HearNews(kA, 8, kAnna, false);
  EXPECT_EQ(TakeTold(), (Told{{kA, kAnna, false}}));
  EXPECT_EQ(feed_.unknown_count(), 0u);
}

TEST_F(PresenceFeedTest, AHoleIsMendedByASnapshotThatSaysTheDifference) {
  feed_.NodeCame(kA);
  HearSnapshot(kA, 5, {kAnna, kBen});
  TakeTold();
  HearNews(kA, 7, kCara, true);
  EXPECT_EQ(TakeTold(), (Told{{kA, kCara, true}})) << "news is news";
  Pass(1s);
  EXPECT_EQ(said_.Take<PresenceAsk>().size(), 1u);

  HearSnapshot(kA, 6, {kAnna});
  EXPECT_EQ(TakeTold(), Told{}) << "that one is older than the news";
  HearSnapshot(kA, 7, {kAnna, kCara});

  EXPECT_EQ(TakeTold(), (Told{{kA, kBen, false}}));
  EXPECT_EQ(feed_.unknown_count(), 0u);
  EXPECT_EQ(feed_.counts().holes, 1u);
}

TEST_F(PresenceFeedTest, WhoIsMissingFromASnapshotDidNotLeaveForGood) {
  feed_.NodeCame(kA);
  Pass(50ms);
  HearSnapshot(kA, 1, {kAnna});
  shards_.TakeTransitions();
  HearNews(kA, 3, kBen, true);
  HearSnapshot(kA, 3, {});
  for (const PresenceTransition& step : shards_.TakeTransitions()) {
    if (!step.online) {
      EXPECT_TRUE(step.after_grace);
      EXPECT_EQ(step.at, now_.wall);
    }
  }
}

TEST_F(PresenceFeedTest, TheLossOfTheLastNewsIsNoticedByTheMark) {
  feed_.NodeCame(kA);
  HearSnapshot(kA, 5, {});
  feed_.Heard(PresenceMark{kA, 5});
  EXPECT_EQ(feed_.unknown_count(), 0u);
  feed_.Heard(PresenceMark{kA, 6});
  EXPECT_EQ(feed_.unknown_count(), 1u);
}

TEST_F(PresenceFeedTest, ChunksMayComeInAnyOrderAndTwice) {
  feed_.NodeCame(kA);
  const auto chunk = [](std::uint64_t serial, std::uint32_t number, UserId user) {
    return PresenceChunk{kA, 5, serial, number, 2, {{user, 0}}};
  };
  feed_.Heard(chunk(1, 0, kCara));  // the rest of this one is lost
  feed_.Heard(chunk(2, 1, kBen));
  feed_.Heard(chunk(1, 1, kCara));
  feed_.Heard(chunk(2, 1, kBen));
  EXPECT_EQ(TakeTold(), Told{});
  feed_.Heard(chunk(2, 0, kAnna));
  EXPECT_EQ(TakeTold(), (Told{{kA, kAnna, true}, {kA, kBen, true}}));
}

TEST_F(PresenceFeedTest, ChunksThatDoNotFitTogetherAreIgnored) {
  feed_.NodeCame(kA);
  feed_.Heard(PresenceChunk{kA, 5, 1, 0, 2, {}});
  feed_.Heard(PresenceChunk{kA, 6, 1, 1, 2, {}});
  feed_.Heard(PresenceChunk{kA, 5, 1, 2, 3, {}});
  EXPECT_EQ(feed_.unknown_count(), 1u);
}

TEST_F(PresenceFeedTest, ASnapshotThatStillComesInIsWaitedFor) {
  feed_.NodeCame(kA);
  Pass(50ms);
  said_.said.clear();
  for (std::uint32_t chunk = 0; chunk < 4; ++chunk) {
    feed_.Heard(PresenceChunk{kA, 5, 1, chunk, 9, {}});
    Pass(600ms);
  }
  EXPECT_TRUE(said_.Take<PresenceAsk>().empty());
  Pass(1s);
  EXPECT_EQ(said_.Take<PresenceAsk>().size(), 1u);
}

TEST_F(PresenceFeedTest, ANodeThatIsGoneTakesItsUsersAndIsNeverHeardAgain) {
  feed_.NodeCame(kA);
  HearSnapshot(kA, 5, {kAnna, kBen});
  TakeTold();
  const UnixTime last_seen = now_.wall - 10s;
  feed_.NodeGone(kA, last_seen);
  const auto steps = shards_.TakeTransitions();
  ASSERT_EQ(steps.size(), 2u);
  for (const PresenceTransition& step : steps) {
    EXPECT_EQ(step.node, kA);
    EXPECT_FALSE(step.online);
    EXPECT_TRUE(step.after_grace);
    EXPECT_EQ(step.at, last_seen);
  }
  HearNews(kA, 6, kCara, true);
  HearSnapshot(kA, 6, {kCara});
  feed_.Heard(PresenceMark{kA, 9});
  EXPECT_EQ(TakeTold(), Told{});
  EXPECT_EQ(feed_.unknown_count(), 0u);
}

TEST_F(PresenceFeedTest, ANodeWithoutALeaseIsNotHeard) {
  HearNews(kA, 1, kAnna, true);
  HearSnapshot(kA, 1, {kAnna});
  EXPECT_EQ(TakeTold(), Told{});
}

TEST_F(PresenceFeedTest, WhoIsOnlineOnOneNodeOnlyIsKnown) {
  feed_.SetOwn(kOwn);
  Collect(kAnna, true);
  Pass(50ms);
  feed_.NodeCame(kA);
  feed_.NodeCame(kB);
  PresenceChunk two_shards{kA, 1, 1, 0, 1, {{kAnna, 0}, {kBen, 0}, {kCara, 0}, {kCara, 1}}};
  feed_.Heard(two_shards);
  HearSnapshot(kB, 1, {kBen});
  EXPECT_EQ(feed_.OnlineOnlyOn(kA), std::vector<UserId>{kCara});
  EXPECT_EQ(feed_.OnlineOnlyOn(kB), std::vector<UserId>{});

  feed_.NodeGone(kB, now_.wall);
  Collect(kAnna, false);
  Pass(50ms);

  EXPECT_EQ(feed_.OnlineOnlyOn(kA), (std::vector<UserId>{kAnna, kBen, kCara}));
  EXPECT_EQ(feed_.OnlineOnlyOn(Epoch(99)), std::vector<UserId>{});
}

}  // namespace
}  // namespace chat::cluster
