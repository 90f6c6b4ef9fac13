#include "server/core/presence_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/limits.h"

namespace chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr UserId kAlice(1);
constexpr UserId kBob(2);
constexpr std::uint32_t kShard = 3;
constexpr UnixTime kNoon{std::chrono::sys_days(std::chrono::January / 2 / 2026) +
                         std::chrono::hours(12)};

// "+1@5000": user 1 came online, five seconds after noon.
std::vector<std::string> Words(const std::vector<PresenceTransition>& transitions) {
  std::vector<std::string> words;
  for (const PresenceTransition& transition : transitions) {
    EXPECT_EQ(transition.shard, kShard);
    words.push_back((transition.online ? "+" : "-") + transition.user_id.ToString() + "@" +
                    std::to_string((transition.at - kNoon).count()));
  }
  return words;
}

class PresenceTrackerTest : public testing::Test {
 protected:
  void At(milliseconds time) { now_ = {Instant(time), kNoon + time}; }
  void Connect(UserId user) { tracker_.Connected(user, now_); }
  void Close(UserId user) {
    tracker_.Disconnected({{SessionId(1), user}, Departure::kClosed, now_.wall}, now_.steady);
  }
  std::vector<std::string> Advance() { return Words(tracker_.Advance(now_.steady)); }

  PresenceTracker tracker_{kShard, kPresenceGraceDefault};
  Moment now_{Instant(), kNoon};
};

TEST_F(PresenceTrackerTest, TellsOfTheFirstConnectionOnly) {
  Connect(kAlice);
  Connect(kAlice);

  EXPECT_TRUE(tracker_.IsOnline(kAlice));
  EXPECT_FALSE(tracker_.IsOnline(kBob));
  EXPECT_THAT(Advance(), ElementsAre("+1@0"));
  EXPECT_THAT(Advance(), IsEmpty());
}

TEST_F(PresenceTrackerTest, GoesOfflineAfterTheGraceWithTheTimeOfTheClose) {
  Connect(kAlice);
  Advance();
  At(seconds(5));
  Close(kAlice);

  At(milliseconds(14'999));
  EXPECT_THAT(Advance(), IsEmpty());
  EXPECT_TRUE(tracker_.IsOnline(kAlice));
  At(milliseconds(15'000));
  EXPECT_THAT(Advance(), ElementsAre("-1@5000"));
  EXPECT_FALSE(tracker_.IsOnline(kAlice));
}

TEST_F(PresenceTrackerTest, EndsAllGracesWhenItIsAskedTo) {
  Connect(kAlice);
  Connect(kBob);
  Advance();
  At(seconds(5));
  Close(kAlice);
  At(seconds(6));

  tracker_.EndAllGraces();

  EXPECT_THAT(Advance(), ElementsAre("-1@5000"));
  EXPECT_FALSE(tracker_.IsOnline(kAlice));
  EXPECT_TRUE(tracker_.IsOnline(kBob));
}

TEST_F(PresenceTrackerTest, SaysNothingOfAReturnWithinTheGrace) {
  Connect(kAlice);
  Advance();
  Close(kAlice);
  At(milliseconds(9'900));
  Connect(kAlice);

  At(seconds(60));

  EXPECT_THAT(Advance(), IsEmpty());
  EXPECT_TRUE(tracker_.IsOnline(kAlice));
}

TEST_F(PresenceTrackerTest, CountsTheGraceAnewAfterEachClose) {
  Connect(kAlice);
  Advance();
  Close(kAlice);
  At(seconds(5));
  Connect(kAlice);
  Close(kAlice);

  At(milliseconds(14'900));
  EXPECT_THAT(Advance(), IsEmpty());
  At(milliseconds(15'100));
  EXPECT_THAT(Advance(), ElementsAre("-1@5000"));
}

TEST_F(PresenceTrackerTest, TellsOfAReturnAfterTheGraceAlsoWhenNobodyAdvanced) {
  Connect(kAlice);
  Close(kAlice);
  At(milliseconds(10'100));
  Connect(kAlice);

  EXPECT_THAT(Advance(), ElementsAre("+1@0", "-1@0", "+1@10100"));
}

TEST_F(PresenceTrackerTest, GoesOfflineAtOnceAfterALogout) {
  Connect(kAlice);
  Advance();
  At(seconds(5));

  tracker_.Disconnected({{SessionId(1), kAlice}, Departure::kLoggedOut, now_.wall}, now_.steady);

  EXPECT_THAT(Advance(), ElementsAre("-1@5000"));
}

TEST_F(PresenceTrackerTest, GoesOfflineAtOnceAfterASilenceWithTheTimeBeforeIt) {
  Connect(kAlice);
  Advance();
  At(seconds(30));

  tracker_.Disconnected({{SessionId(1), kAlice}, Departure::kSilent, kNoon}, now_.steady);

  EXPECT_THAT(Advance(), ElementsAre("-1@0"));
}

TEST_F(PresenceTrackerTest, StaysOnlineWhileAnotherConnectionLives) {
  Connect(kAlice);
  Connect(kAlice);
  Advance();

  tracker_.Disconnected({{SessionId(1), kAlice}, Departure::kLoggedOut, now_.wall}, now_.steady);

  At(seconds(60));
  EXPECT_THAT(Advance(), IsEmpty());
  EXPECT_TRUE(tracker_.IsOnline(kAlice));
}

TEST_F(PresenceTrackerTest, LetsTheLastConnectionDecide) {
  Connect(kAlice);
  Connect(kAlice);
  Advance();
  tracker_.Disconnected({{SessionId(1), kAlice}, Departure::kLoggedOut, now_.wall}, now_.steady);

  Close(kAlice);

  EXPECT_THAT(Advance(), IsEmpty());
  At(milliseconds(10'100));
  EXPECT_THAT(Advance(), ElementsAre("-1@0"));
}

TEST_F(PresenceTrackerTest, EndsTheGracesOfManyInOrder) {
  for (const UserId user : {kAlice, kBob}) Connect(user);
  Advance();
  Close(kBob);
  At(seconds(1));
  Close(kAlice);

  At(milliseconds(10'500));
  EXPECT_THAT(Advance(), ElementsAre("-2@0"));
  At(milliseconds(11'500));
  EXPECT_THAT(Advance(), ElementsAre("-1@1000"));
}

TEST_F(PresenceTrackerTest, TheEndOfASessionEndsTheGraceOfItsOwnConnectionOnly) {
  Connect(kAlice);
  Advance();
  At(seconds(5));
  Close(kAlice);

  tracker_.SessionEnded({SessionId(2), kAlice});
  EXPECT_THAT(Advance(), IsEmpty());
  tracker_.SessionEnded({SessionId(1), kAlice});

  EXPECT_THAT(Advance(), ElementsAre("-1@5000"));
}

TEST_F(PresenceTrackerTest, LeavingForGoodElsewhereEndsAGraceAndNothingElse) {
  Connect(kAlice);
  Connect(kBob);
  Advance();
  At(seconds(5));
  Close(kAlice);
  At(seconds(6));

  tracker_.LeftElsewhere(kAlice);
  tracker_.LeftElsewhere(kBob);

  const std::vector<PresenceTransition> told = tracker_.Advance(now_.steady);
  EXPECT_THAT(Words(told), ElementsAre("-1@5000"));
  EXPECT_TRUE(told.front().after_grace);
  EXPECT_TRUE(tracker_.IsOnline(kBob));
  At(seconds(60));
  EXPECT_THAT(Advance(), IsEmpty());
}

}  // namespace
}  // namespace chat
