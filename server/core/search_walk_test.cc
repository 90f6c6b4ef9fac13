#include "server/core/search_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/core/search_terms.h"
#include "server/core/search_tokens.h"

namespace chat {
namespace {

constexpr UserId kViewer{1};

// An index in memory, which counts what it is asked.
class MemoryIndex final : public SearchStore {
 public:
  void Add(std::int64_t id, std::int64_t conversation, std::int64_t seq, std::string text) {
    Entry entry;
    entry.conversation_id = ConversationId(conversation);
    entry.seq = Seq(seq);
    entry.message_id = MessageId(id);
    entry.text = std::move(text);
    const SliceName slice = SliceOf(entry.conversation_id, entry.seq);
    for (const std::string& token : TokenizeText(entry.text)) {
      terms_[entry.message_id].insert(TermOf(slice, token));
    }
    texts_.insert_or_assign(entry.message_id, std::move(entry));
  }
  // The index still holds the old one.
  void Edit(std::int64_t id, std::string text) { edited_[MessageId(id)] = std::move(text); }

  std::vector<SearchSlice> ListSlices(UserId, MessageId before) override {
    struct Times {
      MessageId oldest;
      MessageId newest;
    };
    std::map<SliceName, Times> slices;
    for (const auto& [id, text] : texts_) {
      const auto slice = slices.try_emplace(SliceOf(text.conversation_id, text.seq), id, id).first;
      slice->second.newest = id;
    }
    std::vector<SearchSlice> listed;
    for (const auto& [name, times] : slices) {
      if (times.oldest < before) listed.push_back({.name = name, .newest = times.newest});
    }
    std::ranges::sort(listed, std::greater(), &SearchSlice::newest);
    return listed;
  }

  std::vector<SearchPlace> Match(const std::vector<std::vector<std::string>>& alternatives,
                                 MessageId before, int limit) override {
    ++matches_;
    std::vector<SearchPlace> places;
    for (auto text = texts_.rbegin(); text != texts_.rend() && std::ssize(places) < limit; ++text) {
      if (text->first >= before || !Fits(text->first, alternatives)) continue;
      places.push_back({.message_id = text->first,
                        .conversation_id = text->second.conversation_id,
                        .seq = text->second.seq});
    }
    return places;
  }

  std::vector<Entry> ReadTexts(UserId, std::span<const SearchPlace> places,
                               std::size_t bytes_max) override {
    std::vector<Entry> read;
    std::size_t bytes = 0;
    for (const SearchPlace& place : places) {
      if (bytes > bytes_max) break;
      Entry text = texts_.at(place.message_id);
      if (const auto edited = edited_.find(place.message_id); edited != edited_.end()) {
        text.text = edited->second;
      }
      bytes += text.text.size();
      read.push_back(std::move(text));
    }
    return read;
  }

  // The ids of the page, and where the next one starts.
  SearchPage Find(const std::string& query, int limit, std::optional<MessageId> before = {},
                  std::size_t bytes_max = 1'000'000) {
    return WalkSearch(*this, {.viewer = kViewer,
                              .tokens = TokenizeQuery(query),
                              .before = before,
                              .limit = limit,
                              .bytes_max = bytes_max});
  }

  int matches() const { return matches_; }

 private:
  bool Fits(MessageId text, const std::vector<std::vector<std::string>>& alternatives) const {
    const std::set<std::string>& terms = terms_.at(text);
    return std::ranges::any_of(alternatives, [&](const auto& wanted) {
      return std::ranges::all_of(wanted, [&](const auto& term) { return terms.contains(term); });
    });
  }

  std::map<MessageId, std::set<std::string>> terms_;
  std::map<MessageId, Entry> texts_;
  std::map<MessageId, std::string> edited_;
  int matches_ = 0;
};

std::vector<std::int64_t> IdsOf(const SearchPage& page) {
  std::vector<std::int64_t> ids;
  for (const Entry& entry : page.entries) ids.push_back(entry.message_id.number());
  return ids;
}

using Ids = std::vector<std::int64_t>;

TEST(SearchWalkTest, MergesConversationsNewestFirstAndEndsWithoutANextPage) {
  MemoryIndex index;
  index.Add(1, 7, 1, "tea at five");
  index.Add(2, 8, 1, "no");
  index.Add(3, 8, 2, "tea");
  index.Add(4, 7, 2, "more tea");

  const SearchPage first = index.Find("TEA", 2);
  const SearchPage second = index.Find("TEA", 2, first.next_before);

  EXPECT_EQ(IdsOf(first), (Ids{4, 3}));
  ASSERT_TRUE(first.next_before.has_value());
  EXPECT_EQ(IdsOf(second), Ids{1});
  EXPECT_EQ(second.next_before, std::nullopt);
  EXPECT_EQ(index.Find("coffee", 2).next_before, std::nullopt);
  EXPECT_EQ(index.Find("tea", 3).next_before, std::nullopt) << "exactly a page";
}

TEST(SearchWalkTest, ShowsWhatTheTextsOfNowBearOut) {
  MemoryIndex index;
  for (std::int64_t id = 1; id <= 5; ++id) index.Add(id, 7, id, "tea");
  index.Edit(4, "coffee");
  index.Edit(5, "coffee");

  EXPECT_EQ(IdsOf(index.Find("tea", 2)), (Ids{3, 2})) << "what is left out makes room";
}

TEST(SearchWalkTest, EndsAPageAtItsBytes) {
  MemoryIndex index;
  for (std::int64_t id = 1; id <= 5; ++id) index.Add(id, 7, id, "tea 56789");

  const SearchPage first = index.Find("tea", 4, {}, 20);
  const SearchPage second = index.Find("tea", 4, first.next_before, 1);

  EXPECT_EQ(IdsOf(first), (Ids{5, 4}));
  EXPECT_EQ(first.next_before, MessageId(4));
  EXPECT_EQ(IdsOf(second), Ids{3});
  EXPECT_EQ(second.next_before, MessageId(3));
}

TEST(SearchWalkTest, LooksIntoTheNewestSlicesOnlyWhereTheyFillThePage) {
  MemoryIndex index;
  for (std::int64_t i = 1; i <= 1000; ++i) index.Add(i, i, 1, "tea");

  EXPECT_EQ(IdsOf(index.Find("tea", 3)), (Ids{1000, 999, 998}));
  EXPECT_EQ(index.matches(), 1);
}

TEST(SearchWalkTest, LeavesAPageShortRatherThanLookIntoAll) {
  MemoryIndex index;
  for (std::int64_t i = 1; i <= 2000; ++i) index.Add(i, i, 1, i % 600 == 0 ? "tea" : "no");

  const SearchPage first = index.Find("tea", 5);
  const int matches = index.matches();
  const SearchPage second = index.Find("tea", 5, first.next_before);

  EXPECT_EQ(IdsOf(first), Ids{1800});
  EXPECT_EQ(matches, kSlicesPerPage / kSlicesPerMatch);
  EXPECT_EQ(IdsOf(second), Ids{1200}) << "as far as something is found";
}

// Everybody writes in all of many conversations all the time, so no slice is older than another.
TEST(SearchWalkTest, MovesOnWhereAllSlicesGoBeyondThePage) {
  MemoryIndex index;
  constexpr std::int64_t kConversations = kSlicesPerPage + 100;
  for (std::int64_t i = 0; i < 3 * kConversations; ++i) {
    index.Add(i + 1, i % kConversations + 1, i / kConversations + 1, i < 3 ? "tea" : "no");
  }

  EXPECT_EQ(IdsOf(index.Find("tea", 2, MessageId(kConversations + 1))), (Ids{3, 2}));
}

TEST(SearchWalkTest, PagesThroughAllThatFitsOnceInOrder) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 5; ++round) {
    MemoryIndex index;
    Ids expected;
    std::map<std::int64_t, std::int64_t> seqs;
    for (std::int64_t id = 1; id <= 3000; ++id) {
      const std::int64_t conversation = 1 + random() % 900;
      seqs[conversation] += 1 + random() % kSliceEntries;
      const bool fits = random() % 20 == 0;
      index.Add(id, conversation, seqs[conversation], fits ? "some tea" : "nothing");
      if (fits) expected.insert(expected.begin(), id);
    }
    Ids found;
    SearchPage page;
    do {
      page = index.Find("tea", 1 + static_cast<int>(random() % 20), page.next_before);
      for (const std::int64_t id : IdsOf(page)) found.push_back(id);
    } while (page.next_before);
    ASSERT_EQ(found, expected);
  }
}

TEST(SearchTermsTest, AreStoredAndSoNeverChange) {
  const SliceName slice = SliceOf(ConversationId(382451120844800001), Seq(kSliceEntries));

  EXPECT_EQ(slice.number, 1);
  EXPECT_EQ(TermsOfText(slice, "Tea, tea for 2"), "7nupsd5fmq1ib a90ref6f5kt03 nt26r7hv50kvf");
  EXPECT_EQ(TermsOfText(slice, "…"), "");
  EXPECT_NE(TermOf(slice, "tea"), TermOf(SliceOf(ConversationId(5), Seq(kSliceEntries)), "tea"));
  EXPECT_NE(TermOf(slice, "tea"), TermOf(SliceOf(slice.conversation_id, Seq(1)), "tea"));
}

}  // namespace
}  // namespace chat
