#include "server/core/search_reader.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/core/moment.h"
#include "server/ports/search_index.h"

namespace chat {
namespace {

using std::chrono::milliseconds;
using Conversations = std::vector<ConversationId>;
using Updates = std::vector<Conversations>;

// Keeps each call until the test answers it.
class HeldIndex final : public SearchIndex {
 public:
  void FindBehind(ConversationId after, Completion<BehindPage, ReadError> done) override {
    looks_.push_back(after);
    look_ = std::move(done);
  }
  void Update(Conversations conversations, Completion<IndexedBatch, ReadError> done) override {
    updates_.push_back(std::move(conversations));
    update_ = std::move(done);
  }

  void AnswerLook(Result<BehindPage, ReadError> page) { std::exchange(look_, {})(std::move(page)); }
  void AnswerUpdate(Result<IndexedBatch, ReadError> done) {
    std::exchange(update_, {})(std::move(done));
  }

  const Conversations& looks() const { return looks_; }
  const Updates& updates() const { return updates_; }

 private:
  Conversations looks_;
  Updates updates_;
  Completion<BehindPage, ReadError> look_;
  Completion<IndexedBatch, ReadError> update_;
};

CommitBatch BatchIn(const std::vector<int>& conversations) {
  CommitBatch batch;
  for (const int conversation : conversations) {
    CommittedEntry committed;
    committed.entry.conversation_id = ConversationId(conversation);
    batch.entries.push_back(std::move(committed));
  }
  return batch;
}

Conversations Of(const std::vector<int>& numbers) {
  Conversations conversations;
  for (const int number : numbers) conversations.emplace_back(number);
  return conversations;
}

class SearchReaderTest : public testing::Test {
 protected:
  Moment At(int ms) const { return {.steady = Instant(milliseconds(1'000'000 + ms)), .wall = {}}; }

  // All conversations are known to be up to date.
  void LookedAtAll() {
    reader_.Advance(At(0));
    index_.AnswerLook(BehindPage{});
  }

  HeldIndex index_;
  SearchReader reader_{index_};
};

TEST_F(SearchReaderTest, LooksAtAllConversationsFirstPageByPage) {
  reader_.Advance(At(0));
  EXPECT_EQ(reader_.state(At(0)).behind, std::nullopt) << "who knows?";
  index_.AnswerLook(BehindPage{.behind = Of({3, 4}), .next = ConversationId(9)});
  EXPECT_EQ(index_.updates(), (Updates{Of({3, 4})})) << "in turns";
  index_.AnswerUpdate(IndexedBatch{.entries = 7});
  index_.AnswerLook(BehindPage{});

  EXPECT_EQ(index_.looks(), Of({0, 9}));
  EXPECT_EQ(reader_.state(At(5)).behind, milliseconds(0));
  EXPECT_EQ(reader_.state(At(5)).entries_indexed, 7u);
}

TEST_F(SearchReaderTest, IndexesWhatItHearsOfAndSaysHowFarBehindItIs) {
  LookedAtAll();

  reader_.Hear(BatchIn({5, 2, 5}), At(10));
  EXPECT_EQ(reader_.state(At(40)).behind, milliseconds(30));
  reader_.Advance(At(50));
  EXPECT_EQ(index_.updates(), (Updates{Of({2, 5})}));
  reader_.Hear(BatchIn({5}), At(60));
  EXPECT_EQ(reader_.state(At(70)).behind, milliseconds(60)) << "it is not there yet";
  index_.AnswerUpdate(IndexedBatch{.entries = 2});
  EXPECT_EQ(reader_.state(At(80)).behind, milliseconds(20));
  index_.AnswerUpdate(IndexedBatch{.entries = 1});

  EXPECT_EQ(index_.updates(), (Updates{Of({2, 5}), Of({5})}));
  EXPECT_EQ(reader_.state(At(90)).behind, milliseconds(0));
}

TEST_F(SearchReaderTest, GoesOnWithWhatIsStillBehindAndWaitsForWhatOthersDo) {
  LookedAtAll();
  reader_.Hear(BatchIn({1, 2}), At(10));
  reader_.Advance(At(10));

  index_.AnswerUpdate(IndexedBatch{.entries = 500, .behind = Of({2})});
  EXPECT_EQ(index_.updates().size(), 2u);
  index_.AnswerUpdate(IndexedBatch{.entries = 0, .behind = Of({2})});
  EXPECT_EQ(index_.updates().size(), 2u) << "another node holds it";
  EXPECT_EQ(reader_.state(At(50)).behind, milliseconds(40));
  reader_.Advance(At(100));

  EXPECT_EQ(index_.updates().back(), Of({2}));
}

TEST_F(SearchReaderTest, TriesAgainWhatFailed) {
  reader_.Advance(At(0));
  index_.AnswerLook(std::unexpected(ReadError::kUnavailable));
  EXPECT_EQ(index_.looks().size(), 1u) << "not at once";
  reader_.Advance(At(100));
  index_.AnswerLook(BehindPage{});
  reader_.Hear(BatchIn({1}), At(110));
  reader_.Advance(At(200));
  index_.AnswerUpdate(std::unexpected(ReadError::kUnavailable));
  EXPECT_EQ(reader_.state(At(210)).behind, milliseconds(100));
  reader_.Advance(At(300));
  index_.AnswerUpdate(IndexedBatch{.entries = 1});

  EXPECT_EQ(index_.updates().size(), 2u);
  EXPECT_EQ(reader_.state(At(310)).failures, 2u);
  EXPECT_EQ(reader_.state(At(310)).behind, milliseconds(0));
}

TEST_F(SearchReaderTest, LooksAgainWhenToldToAndNowAndThen) {
  LookedAtAll();
  reader_.LookAtAll();
  reader_.Advance(At(10));
  reader_.LookAtAll();
  index_.AnswerLook(BehindPage{.behind = {}, .next = ConversationId(5)});
  index_.AnswerLook(BehindPage{});
  EXPECT_EQ(index_.looks(), Of({0, 0, 0})) << "anew, also in the middle of one";

  const auto later = std::chrono::duration_cast<milliseconds>(SearchReader::kLookAgain).count();
  reader_.Advance(At(static_cast<int>(later) - 1));
  EXPECT_EQ(index_.looks().size(), 3u);
  reader_.Advance(At(static_cast<int>(later) + 100));
  EXPECT_EQ(index_.looks().size(), 4u);
}

TEST_F(SearchReaderTest, RemembersABoundedNumberAndThenLooksAtAll) {
  LookedAtAll();
  for (std::size_t i = 1; i <= SearchReader::kWaitingMax + 1; ++i) {
    reader_.Hear(BatchIn({static_cast<int>(i)}), At(10));
  }

  EXPECT_EQ(reader_.state(At(20)).conversations_waiting, 0u);
  EXPECT_EQ(reader_.state(At(20)).behind, std::nullopt);
  reader_.Advance(At(20));
  EXPECT_EQ(index_.looks().size(), 2u);
}

TEST_F(SearchReaderTest, IgnoresAnswersThatComeAfterItsEnd) {
  HeldIndex index;
  {
    SearchReader reader(index);
    reader.Advance(At(0));
  }
  index.AnswerLook(BehindPage{.behind = Of({1}), .next = {}});

  EXPECT_TRUE(index.updates().empty());
}

}  // namespace
}  // namespace chat
