#include "tests/contracts/bus_contract.h"

#include <array>
#include <cstdint>
#include <thread>
#include <variant>

#include "protocol/ids.h"

namespace chat::contracts {
namespace {

BusMessage BatchOf(CommitNumber number, ConversationId conversation = {}) {
  auto batch = std::make_shared<CommitBatch>();
  batch->number = number;
  batch->entries.resize(1);
  batch->entries[0].entry.conversation_id = conversation;
  return std::shared_ptr<const CommitBatch>(std::move(batch));
}

const CommitBatch* AsBatch(const BusMessage& message) {
  const auto* batch = std::get_if<std::shared_ptr<const CommitBatch>>(&message);
  return batch == nullptr ? nullptr : batch->get();
}

TEST_P(BusContract, BringsEveryMessageToEveryListenerInOrder) {
  std::array<HandExecutor, 2> executors;
  std::array<std::vector<CommitNumber>, 2> heard;
  const auto listener = [&](int i) {
    return Listener{executors[i], [&heard, i](const BusMessage& message) {
                      heard[i].push_back(AsBatch(message)->number);
                    }};
  };
  const auto bus = GetParam().make({listener(0), listener(1)});

  for (CommitNumber number = 1; number <= 3; ++number) bus->Publish(BatchOf(number));

  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(executors[i].RunUntil([&] { return heard[i].size() == 3; }));
    EXPECT_EQ(heard[i], (std::vector<CommitNumber>{1, 2, 3}));
  }
}

TEST_P(BusContract, CallsNobodyBeforeTheirExecutorRuns) {
  HandExecutor executor;
  int heard = 0;
  const auto bus = GetParam().make({{executor, [&](const BusMessage&) { ++heard; }}});

  bus->Publish(BatchOf(1));

  EXPECT_TRUE(executor.WaitForTasks(1));
  EXPECT_EQ(heard, 0);
  EXPECT_TRUE(executor.RunUntil([&] { return heard == 1; }));
}

TEST_P(BusContract, KeepsTheOrderOfEachOfSeveralPublishingThreads) {
  constexpr CommitNumber kEach = 200;
  HandExecutor executor;
  std::array<std::vector<CommitNumber>, 2> heard;
  const auto bus = GetParam().make({{executor, [&](const BusMessage& message) {
                                       const CommitBatch& batch = *AsBatch(message);
                                       const auto id = batch.entries[0].entry.conversation_id;
                                       heard[id.number() - 1].push_back(batch.number);
                                     }}});
  const auto publish = [&](std::int64_t publisher) {
    for (CommitNumber number = 0; number < kEach; ++number) {
      bus->Publish(BatchOf(number, ConversationId(publisher)));
    }
  };

  std::thread first(publish, 1);
  std::thread second(publish, 2);
  first.join();
  second.join();

  EXPECT_TRUE(executor.RunUntil([&] { return heard[0].size() + heard[1].size() == 2 * kEach; }));
  for (const auto& numbers : heard) {
    ASSERT_EQ(numbers.size(), kEach);
    for (CommitNumber number = 0; number < kEach; ++number) EXPECT_EQ(numbers[number], number);
  }
}

TEST_P(BusContract, CarriesPresence) {
  HandExecutor executor;
  std::vector<PresenceTransition> heard;
  const auto bus = GetParam().make(
      {{executor, [&](const BusMessage& message) { heard = *std::get<1>(message); }}});

  bus->Publish(std::make_shared<const std::vector<PresenceTransition>>(
      std::vector{PresenceTransition{.shard = 2, .user_id = UserId(7), .online = true, .at = {}}}));

  EXPECT_TRUE(executor.RunUntil([&] { return !heard.empty(); }));
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].shard, 2u);
  EXPECT_EQ(heard[0].user_id, UserId(7));
  EXPECT_TRUE(heard[0].online);
}

}  // namespace
}  // namespace chat::contracts
