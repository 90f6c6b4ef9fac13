#include "loadgen/pair_ledger.h"

#include <gtest/gtest.h>

#include <chrono>

namespace chat::loadgen {
namespace {

using Instant = PairLedger::Instant;

constexpr Instant At(int second) { return Instant(std::chrono::seconds(second)); }

TEST(PairLedgerTest, TellsWhenAMessageWasMeantToBeSent) {
  PairLedger ledger;

  EXPECT_EQ(ledger.Sent(At(1)), 1u);
  EXPECT_EQ(ledger.Sent(At(2)), 2u);

  EXPECT_EQ(ledger.Seen(1, 1), At(1));
  EXPECT_EQ(ledger.Acked(1, 1), At(1));
  EXPECT_EQ(ledger.Acked(2, 2), At(2));
  EXPECT_EQ(ledger.Seen(2, 2), At(2));
}

TEST(PairLedgerTest, IsSettledWhenAllIsAckedAndSeen) {
  PairLedger ledger;
  EXPECT_TRUE(ledger.settled());

  ledger.Sent(At(1));
  EXPECT_EQ(ledger.in_flight(), 1u);
  EXPECT_FALSE(ledger.settled());
  EXPECT_TRUE(ledger.Acked(1, 1));
  EXPECT_EQ(ledger.in_flight(), 0u);
  EXPECT_FALSE(ledger.settled());
  EXPECT_TRUE(ledger.Seen(1, 1));

  EXPECT_TRUE(ledger.settled());
}

TEST(PairLedgerTest, TakesMessagesThatTheServerPutInAnotherOrder) {
  PairLedger ledger;
  ledger.Sent(At(1));
  ledger.Sent(At(2));

  EXPECT_TRUE(ledger.Seen(2, 1));
  EXPECT_TRUE(ledger.Acked(2, 1));
  EXPECT_TRUE(ledger.Seen(1, 2));
  EXPECT_TRUE(ledger.Acked(1, 2));

  EXPECT_TRUE(ledger.settled());
}

TEST(PairLedgerTest, TakesARefusedMessageThatIsSeenAllTheSame) {
  PairLedger ledger;
  ledger.Sent(At(1));
  ledger.Sent(At(2));

  EXPECT_TRUE(ledger.Refused(1));
  EXPECT_TRUE(ledger.Seen(1, 1));
  EXPECT_TRUE(ledger.Seen(2, 2));
  EXPECT_TRUE(ledger.Acked(2, 2));

  EXPECT_TRUE(ledger.settled());
}

TEST(PairLedgerTest, FindsWhatIsSeenAgain) {
  PairLedger ledger;
  ledger.Sent(At(1));
  EXPECT_TRUE(ledger.Seen(1, 1));

  EXPECT_FALSE(ledger.Seen(1, 1));
  EXPECT_FALSE(ledger.Seen(1, 2));
}

TEST(PairLedgerTest, FindsAHole) {
  PairLedger ledger;
  ledger.Sent(At(1));
  ledger.Sent(At(2));
  EXPECT_TRUE(ledger.Seen(1, 1));

  EXPECT_FALSE(ledger.Seen(2, 3));
}

TEST(PairLedgerTest, FindsAnAckOfAnotherSeq) {
  PairLedger ledger;
  ledger.Sent(At(1));
  ledger.Sent(At(2));
  EXPECT_TRUE(ledger.Seen(1, 1));
  EXPECT_FALSE(ledger.Acked(1, 2));

  EXPECT_TRUE(ledger.Acked(2, 3));
  EXPECT_FALSE(ledger.Seen(2, 2));
}

TEST(PairLedgerTest, FindsAnAnswerThatNobodyWaitsFor) {
  PairLedger ledger;
  EXPECT_FALSE(ledger.Acked(1, 1));
  EXPECT_FALSE(ledger.Refused(1));
  EXPECT_FALSE(ledger.Seen(1, 1));

  ledger.Sent(At(1));
  EXPECT_TRUE(ledger.Acked(1, 1));
  EXPECT_FALSE(ledger.Acked(1, 1));
}

}  // namespace
}  // namespace chat::loadgen
