#include "protocol/ids.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "protocol/timestamp.h"

namespace chat {
namespace {

using std::chrono::milliseconds;

constexpr UnixTime kEpoch = std::chrono::sys_days(std::chrono::January / 1 / 2024);
constexpr UnixTime kNow = kEpoch + milliseconds(91'000'000'123);

NodeNumber Node(int number) { return *NodeNumber::Make(number); }

TEST(IdTest, KindsDoNotMix) {
  static_assert(!std::is_convertible_v<UserId, ConversationId>);
  static_assert(!std::is_convertible_v<std::int64_t, UserId>);
  static_assert(!std::is_convertible_v<Seq, Change>);
}

TEST(IdTest, ReadsBackWhatItPrints) {
  for (const std::int64_t number :
       {std::int64_t{1}, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(UserId::Parse(UserId(number).ToString()), UserId(number));
    EXPECT_EQ(Seq::Parse(Seq(number).ToString()), Seq(number));
  }
}

TEST(IdTest, RefusesEveryOtherForm) {
  for (const std::string_view text : {"", "00", "01", "+1", "-1", " 1", "1 ", "1.0", "1e3", "0x1",
                                      "a", "9223372036854775808", "99999999999999999999"}) {
    EXPECT_EQ(UserId::Parse(text), std::nullopt) << text;
    EXPECT_EQ(Seq::Parse(text), std::nullopt) << text;
  }
}

TEST(IdTest, ZeroIsAPositionButNamesNothing) {
  EXPECT_EQ(UserId::Parse("0"), std::nullopt);
  EXPECT_EQ(Seq::Parse("0"), Seq());
}

TEST(IdTest, OrdersAndHashesByNumber) {
  EXPECT_LT(MessageId(1), MessageId(2));
  EXPECT_EQ(Seq(4).Next(), Seq(5));
  EXPECT_EQ(Seq(9) - Seq(4), 5);
  const std::unordered_set<SessionId> sessions = {SessionId(1), SessionId(2), SessionId(1)};
  EXPECT_EQ(sessions.size(), 2u);
}

TEST(IdTest, HashSpreadsIdsThatDifferInTheirTimeOnly) {
  std::set<std::size_t> low_bits;
  for (std::int64_t ms = 0; ms < 1024; ++ms) {
    low_bits.insert(std::hash<UserId>()(UserId(ms << 22)) % 1024);
  }

  EXPECT_GT(low_bits.size(), 512u);
}

TEST(NodeNumberTest, HasTenBits) {
  EXPECT_TRUE(NodeNumber::Make(0));
  EXPECT_TRUE(NodeNumber::Make(1023));
  EXPECT_EQ(NodeNumber::Make(-1), std::nullopt);
  EXPECT_EQ(NodeNumber::Make(1024), std::nullopt);
}

TEST(IdGeneratorTest, PutsTimeNodeAndSequenceIntoTheirBits) {
  IdGenerator generator(Node(1023));

  const auto first = generator.Next<UserId>(kNow);
  const auto second = generator.Next<UserId>(kNow);

  EXPECT_EQ(first.number(), (std::int64_t{91'000'000'123} << 22) | (std::int64_t{1023} << 12));
  EXPECT_EQ(second.number(), first.number() + 1);
  EXPECT_EQ(IdTime(first.number()), kNow);
}

TEST(IdGeneratorTest, MovesToTheNextMillisecondAfter4096) {
  IdGenerator generator(Node(5));
  for (int i = 0; i < 4096; ++i) generator.Next<MessageId>(kNow);

  const auto next = generator.Next<MessageId>(kNow);

  EXPECT_EQ(IdTime(next.number()), kNow + milliseconds(1));
  EXPECT_EQ(next.number() & 0xFFF, 0);
  EXPECT_EQ((next.number() >> 12) & 0x3FF, 5);
  EXPECT_EQ(generator.last_time(), kNow + milliseconds(1));
}

TEST(IdGeneratorTest, RisesWhateverTheClockDoes) {
  IdGenerator generator(Node(7));
  std::mt19937 random(11);
  std::uniform_int_distribution<int> jump(-50, 50);
  MessageId last;
  UnixTime now = kNow;
  for (int i = 0; i < 100'000; ++i) {
    now += milliseconds(jump(random));
    const auto id = generator.Next<MessageId>(now);
    ASSERT_GT(id, last);
    last = id;
  }
}

TEST(IdGeneratorTest, NodesNeverMakeTheSameId) {
  IdGenerator one(Node(1));
  IdGenerator two(Node(2));
  std::unordered_set<MessageId> made;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(made.insert(one.Next<MessageId>(kNow)).second);
    EXPECT_TRUE(made.insert(two.Next<MessageId>(kNow)).second);
  }
}

TEST(IdGeneratorTest, NeverGoesBelowItsFloor) {
  const UnixTime floor = kNow + std::chrono::seconds(30);
  IdGenerator generator(Node(0), floor);

  EXPECT_GE(IdTime(generator.Next<UserId>(kNow).number()), floor);
}

TEST(IdGeneratorTest, IsNeverNegativeNorZero) {
  IdGenerator before_epoch(Node(0));
  EXPECT_GT(before_epoch.Next<UserId>(UnixTime::min()).number(), 0);

  IdGenerator at_the_end(Node(1023));
  EXPECT_GT(at_the_end.Next<UserId>(UnixTime::max()).number(), 0);
}

TEST(IdGeneratorDeathTest, EndsTheProcessRatherThanRepeatAnId) {
  IdGenerator generator(Node(0));
  const auto exhaust = [&generator] {
    for (int i = 0; i <= 4096; ++i) generator.Next<UserId>(UnixTime::max());
  };

  EXPECT_DEATH(exhaust(), "");
}

}  // namespace
}  // namespace chat
