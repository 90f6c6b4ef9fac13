#include "server/core/deadline_wheel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <set>
#include <vector>

namespace chat {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr seconds kTimeout{30};
constexpr Instant kStart{milliseconds(987'654'321)};

struct Client : DeadlineWheelEntry {
  explicit Client(int its_number) : number(its_number) {}
  int number;
};

class DeadlineWheelTest : public testing::Test {
 protected:
  Instant At(milliseconds since_start) { return kStart + since_start; }

  std::vector<int> ExpireUntil(Instant now) {
    std::vector<int> expired;
    wheel_.Advance(now, [&](DeadlineWheelEntry& entry) {
      expired.push_back(static_cast<Client&>(entry).number);
    });
    return expired;
  }

  DeadlineWheel wheel_{kTimeout, kStart};
};

TEST(DeadlineWheelSizeTest, CostsAConnectionTwoPointersAndATime) {
  EXPECT_LE(sizeof(DeadlineWheelEntry), 24u);
}

TEST_F(DeadlineWheelTest, ExpiresAfterTheTimeoutAndNotBefore) {
  Client client(1);
  wheel_.Add(client, kStart);

  EXPECT_THAT(ExpireUntil(At(milliseconds(29'900))), IsEmpty());
  EXPECT_THAT(ExpireUntil(At(milliseconds(30'100))), ElementsAre(1));
}

TEST_F(DeadlineWheelTest, ExpiresOnce) {
  Client client(1);
  wheel_.Add(client, kStart);

  EXPECT_THAT(ExpireUntil(At(seconds(31))), ElementsAre(1));
  EXPECT_THAT(ExpireUntil(At(seconds(120))), IsEmpty());
}

TEST_F(DeadlineWheelTest, CountsFromTheLastActivity) {
  Client client(1);
  wheel_.Add(client, kStart);

  DeadlineWheel::Touch(client, At(milliseconds(29'950)));

  EXPECT_EQ(client.last_activity(), At(milliseconds(29'950)));
  EXPECT_THAT(ExpireUntil(At(milliseconds(59'900))), IsEmpty());
  EXPECT_THAT(ExpireUntil(At(milliseconds(60'050))), ElementsAre(1));
}

TEST_F(DeadlineWheelTest, LooksAtNothingThatWasRemoved) {
  Client stays(1);
  Client goes(2);
  wheel_.Add(stays, kStart);
  wheel_.Add(goes, kStart);

  wheel_.Remove(goes);
  wheel_.Remove(goes);

  EXPECT_THAT(ExpireUntil(At(seconds(60))), ElementsAre(1));
}

TEST_F(DeadlineWheelTest, ForgetsAnEntryThatIsDestroyed) {
  auto client = std::make_unique<Client>(1);
  wheel_.Add(*client, kStart);

  client.reset();

  EXPECT_THAT(ExpireUntil(At(seconds(60))), IsEmpty());
}

TEST_F(DeadlineWheelTest, MayBeDestroyedBeforeItsEntries) {
  Client first(1);
  Client second(2);
  {
    DeadlineWheel wheel(kTimeout, kStart);
    wheel.Add(first, kStart);
    wheel.Add(second, kStart);
  }

  wheel_.Add(first, kStart);

  EXPECT_THAT(ExpireUntil(At(seconds(60))), ElementsAre(1));
}

TEST_F(DeadlineWheelTest, StartsOverWhenAnEntryIsAddedAgain) {
  Client first(1);
  Client second(2);
  Client third(3);
  for (Client* client : {&first, &second, &third}) wheel_.Add(*client, kStart);

  wheel_.Add(second, At(seconds(10)));

  EXPECT_THAT(ExpireUntil(At(milliseconds(39'900))), ElementsAre(1, 3));
  EXPECT_THAT(ExpireUntil(At(milliseconds(40'100))), ElementsAre(2));
}

TEST_F(DeadlineWheelTest, FindsAllAfterALongPause) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int number = 0; number < 300; ++number) {
    clients.push_back(std::make_unique<Client>(number));
    ExpireUntil(At(milliseconds(number * 100)));
    wheel_.Add(*clients.back(), At(milliseconds(number * 100)));
  }

  EXPECT_EQ(ExpireUntil(At(hours(100))).size(), 300u);
}

TEST_F(DeadlineWheelTest, SparesTheActiveAfterALongPause) {
  Client silent(1);
  Client active(2);
  wheel_.Add(silent, kStart);
  wheel_.Add(active, kStart);
  DeadlineWheel::Touch(active, At(hours(1)));

  EXPECT_THAT(ExpireUntil(At(hours(1))), ElementsAre(1));
  EXPECT_THAT(ExpireUntil(At(hours(1) + milliseconds(29'900))), IsEmpty());
  EXPECT_THAT(ExpireUntil(At(hours(1) + milliseconds(30'100))), ElementsAre(2));
}

TEST_F(DeadlineWheelTest, LetsTheCallerChangeAnythingWhileItExpires) {
  Client first(1);
  auto destroyed = std::make_unique<Client>(2);
  Client removed(3);
  for (Client* client : {&first, destroyed.get(), &removed}) wheel_.Add(*client, kStart);
  std::vector<int> expired;

  const Instant now = At(seconds(31));
  wheel_.Advance(now, [&](DeadlineWheelEntry& entry) {
    expired.push_back(static_cast<Client&>(entry).number);
    destroyed.reset();
    wheel_.Remove(removed);
    wheel_.Add(entry, now);
  });

  EXPECT_THAT(expired, ElementsAre(1));
  EXPECT_THAT(ExpireUntil(At(milliseconds(60'900))), IsEmpty());
  EXPECT_THAT(ExpireUntil(At(milliseconds(61'100))), ElementsAre(1));
}

// Every client is found within a tick of its deadline and never before, whatever the others do.
TEST_F(DeadlineWheelTest, FindsEachInTimeAmongRandomActivity) {
  std::mt19937 random(7);
  std::vector<std::unique_ptr<Client>> clients;
  std::set<int> watched;
  Instant now = kStart;
  clients.reserve(200);
  for (int number = 0; number < 200; ++number) {
    clients.push_back(std::make_unique<Client>(number));
  }

  for (int step = 0; step < 20'000; ++step) {
    now += milliseconds(random() % 60);
    Client& client = *clients[random() % clients.size()];
    if (!watched.contains(client.number)) {
      wheel_.Add(client, now);
      watched.insert(client.number);
    } else if (random() % 8 == 0) {
      wheel_.Remove(client);
      watched.erase(client.number);
    } else if (client.number % 3 != 0) {
      DeadlineWheel::Touch(client, now);
    }
    for (const int number : ExpireUntil(now)) {
      ASSERT_LE(clients[number]->last_activity() + kTimeout, now);
      ASSERT_EQ(watched.erase(number), 1u);
    }
    for (const int number : watched) {
      ASSERT_GT(clients[number]->last_activity() + kTimeout + DeadlineWheel::kTick, now);
    }
  }
}

}  // namespace
}  // namespace chat
