#include "server/config/rates_file.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace chat::config {
namespace {

bool IsSame(const RateLimit& one, const RateLimit& other) {
  return one.count == other.count && one.period == other.period && one.burst == other.burst;
}

TEST(RatesFileTest, ReplacesTheDefaultsThatItNames) {
  const auto rates = ParseRates(
      "# for a school behind one address\n"
      "\n"
      "register 500/h\n"
      "  send\t5/s  burst 10\r\n"
      "login_account 3/min");

  ASSERT_TRUE(rates.has_value()) << rates.error();
  EXPECT_TRUE(IsSame(RateOf(*rates, RateOperation::kRegister), {500, std::chrono::hours(1), 500}));
  EXPECT_TRUE(IsSame(RateOf(*rates, RateOperation::kSend), {5, std::chrono::seconds(1), 10}));
  EXPECT_TRUE(
      IsSame(RateOf(*rates, RateOperation::kLoginToAccount), {3, std::chrono::minutes(1), 3}));
  EXPECT_TRUE(IsSame(RateOf(*rates, RateOperation::kOther), kOtherRatePerUser));
}

TEST(RatesFileTest, NamesTheLineThatIsNoRate) {
  for (const std::string line :
       {"send", "send 20", "send 20/d", "send 0/s", "send 20/s burst", "send 20/s burst 0",
        "send 20/s 60", "send 1000001/s", "send 20/s burst 60 more", "send -1/s"}) {
    const auto rates = ParseRates("typing 1/s\n" + line);
    ASSERT_FALSE(rates.has_value()) << line;
    EXPECT_EQ(rates.error(), "2: not a rate, as \"send 20/s burst 60\"") << line;
  }
  EXPECT_EQ(ParseRates("dance 1/s").error(), "1: there is no operation of this name");
}

}  // namespace
}  // namespace chat::config
