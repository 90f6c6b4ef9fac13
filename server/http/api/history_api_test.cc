#include "server/http/api/history_api.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/limits.h"
#include "server/http/api/api_fixture.h"
#include "server/http/api/paging.h"

namespace chat::http {
namespace {

using Seqs = std::vector<std::int64_t>;

class HistoryApiTest : public ApiFixture {
 protected:
  HistoryApiTest() : alice_(Join("alice")), bob_(Join("bob")) {
    Befriend(alice_, bob_);
    conversation_ = OpenDirect(alice_, bob_);
  }

  void SayMany(int count) {
    for (int i = 1; i <= count; ++i) Say(alice_, conversation_, "text " + std::to_string(i));
  }

  Response ListAs(const Person& who, std::vector<Field> query) {
    return Get(who, "/v1/conversations/" + conversation_.ToString() + "/messages",
               std::move(query));
  }

  v1::ListMessagesResponse List(std::vector<Field> query = {}) {
    return Read<v1::ListMessagesResponse>(ListAs(bob_, std::move(query)));
  }

  static Seqs SeqsOf(const v1::ListMessagesResponse& page) {
    Seqs seqs;
    for (const v1::Message& message : page.messages()) seqs.push_back(message.seq());
    return seqs;
  }

  // The seqs of this page and of all that follow it, page by page.
  std::vector<Seqs> Follow(std::vector<Field> query) {
    std::vector<Seqs> pages;
    auto page = List(query);
    pages.push_back(SeqsOf(page));
    while (!page.next_cursor().empty() && pages.size() < 20) {
      page = List({{"limit", "2"}, {"cursor", page.next_cursor()}});
      pages.push_back(SeqsOf(page));
    }
    return pages;
  }

  Person alice_;
  Person bob_;
  ConversationId conversation_;
};

TEST_F(HistoryApiTest, IsEmptyBeforeTheFirstText) {
  EXPECT_EQ(ListAs(bob_, {}).body, R"({"messages":[],"next_cursor":""})");
}

TEST_F(HistoryApiTest, ShowsATextAsItWasSent) {
  Say(alice_, conversation_, "<b>\"h\xc3\xa9llo\"</b>");

  const v1::Message message = List().messages(0);

  EXPECT_EQ(message.text(), "<b>\"h\xc3\xa9llo\"</b>");
  EXPECT_EQ(message.seq(), 1);
  EXPECT_EQ(message.kind(), "text");
  EXPECT_EQ(message.sender_id(), alice_.user_id.number());
  EXPECT_EQ(message.conversation_id(), conversation_.number());
  EXPECT_FALSE(message.client_msg_id().empty());
}

TEST_F(HistoryApiTest, WithoutAPlaceShowsTheNewestAscending) {
  SayMany(5);

  EXPECT_EQ(SeqsOf(List({{"limit", "2"}})), (Seqs{4, 5}));
  EXPECT_EQ(SeqsOf(List()), (Seqs{1, 2, 3, 4, 5}));
}

TEST_F(HistoryApiTest, ShowsWhatIsBeforeAfterAndBetween) {
  SayMany(6);

  EXPECT_EQ(SeqsOf(List({{"before_seq", "4"}})), (Seqs{1, 2, 3}));
  EXPECT_EQ(SeqsOf(List({{"before_seq", "4"}, {"limit", "2"}})), (Seqs{2, 3}));
  EXPECT_EQ(SeqsOf(List({{"after_seq", "4"}})), (Seqs{5, 6}));
  EXPECT_EQ(SeqsOf(List({{"after_seq", "0"}, {"limit", "2"}})), (Seqs{1, 2}));
  EXPECT_EQ(SeqsOf(List({{"after_seq", "1"}, {"before_seq", "4"}})), (Seqs{2, 3}));
  EXPECT_EQ(SeqsOf(List({{"after_seq", "6"}})), Seqs{});
  EXPECT_EQ(SeqsOf(List({{"before_seq", "1"}})), Seqs{});
}

TEST_F(HistoryApiTest, CursorsGoOnInTheSameDirectionToTheEnd) {
  SayMany(5);

  EXPECT_EQ(Follow({{"limit", "2"}}), (std::vector<Seqs>{{4, 5}, {2, 3}, {1}}));
  EXPECT_EQ(Follow({{"limit", "2"}, {"before_seq", "5"}}), (std::vector<Seqs>{{3, 4}, {1, 2}}));
  EXPECT_EQ(Follow({{"limit", "2"}, {"after_seq", "0"}}), (std::vector<Seqs>{{1, 2}, {3, 4}, {5}}));
  EXPECT_EQ(Follow({{"limit", "2"}, {"after_seq", "0"}, {"before_seq", "4"}}),
            (std::vector<Seqs>{{1, 2}, {3}}));
}

TEST_F(HistoryApiTest, ClampsTheLimit) {
  SayMany(static_cast<int>(kPageEntriesMax) + 1);

  EXPECT_EQ(List().messages_size(), static_cast<int>(kPageEntriesDefault));
  EXPECT_EQ(List({{"limit", "201"}}).messages_size(), static_cast<int>(kPageEntriesMax));
  EXPECT_EQ(List({{"limit", "2000000000000"}}).messages_size(), static_cast<int>(kPageEntriesMax));
}

TEST_F(HistoryApiTest, EndsAPageBeforeItGrowsTooLarge) {
  // The longest texts, some of which take six times their length in JSON.
  for (int i = 0; i < 3; ++i) Say(alice_, conversation_, std::string(kTextCodePointsMax, '\x01'));
  for (int i = 0; i < 3; ++i) Say(alice_, conversation_, std::string(kTextCodePointsMax, 'x'));

  const Response upwards = ListAs(bob_, {{"after_seq", "0"}});
  const Response newest = ListAs(bob_, {});

  EXPECT_LE(upwards.body.size(), kPageBytesMax);
  EXPECT_LE(newest.body.size(), kPageBytesMax);
  EXPECT_EQ(SeqsOf(Read<v1::ListMessagesResponse>(upwards)), Seqs{1});
  EXPECT_EQ(SeqsOf(Read<v1::ListMessagesResponse>(newest)), (Seqs{3, 4, 5, 6}));
  EXPECT_NE(Read<v1::ListMessagesResponse>(upwards).next_cursor(), "");
  EXPECT_NE(Read<v1::ListMessagesResponse>(newest).next_cursor(), "");
}

TEST_F(HistoryApiTest, RefusesPlacesThatAreNotOne) {
  SayMany(3);
  const std::string cursor = List({{"limit", "1"}}).next_cursor();
  const std::string others = EncodeCursor({.kind = CursorKind::kContacts, .numbers = {1}});

  const std::vector<std::vector<Field>> queries = {
      {{"after_seq", "-1"}},
      {{"after_seq", ""}},
      {{"before_seq", "x"}},
      {{"before_seq", "9223372036854775808"}},
      {{"limit", "0"}},
      {{"cursor", "x"}},
      {{"cursor", others}},
      {{"cursor", cursor}, {"after_seq", "1"}},
      {{"cursor", cursor}, {"before_seq", "1"}},
  };
  for (const std::vector<Field>& query : queries) {
    EXPECT_EQ(CodeOf(ListAs(bob_, query)), "invalid_argument")
        << query[0].name << "=" << query[0].value;
  }
}

TEST_F(HistoryApiTest, HidesTheHistoryOfOthers) {
  SayMany(1);
  const Person carol = Join("carol");

  const Response missing = Get(carol, "/v1/conversations/12345/messages");

  EXPECT_EQ(CodeOf(missing), "not_found");
  EXPECT_EQ(ListAs(carol, {}).body, missing.body);
  EXPECT_EQ(Get(carol, "/v1/conversations/x/messages").body, missing.body);
}

}  // namespace
}  // namespace chat::http
