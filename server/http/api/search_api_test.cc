#include "server/http/api/search_api.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/limits.h"
#include "server/http/api/api_fixture.h"
#include "server/http/api/paging.h"

namespace chat::http {
namespace {

using Texts = std::vector<std::string>;

class SearchApiTest : public ApiFixture {
 protected:
  void SetUp() override {
    alice_ = Join("alice");
    bob_ = Join("bob");
    Befriend(alice_, bob_);
    conversation_ = OpenDirect(alice_, bob_);
  }

  // With an id of its own time.
  void SayLater(std::string text) {
    clock_.Advance(std::chrono::milliseconds(1));
    Say(alice_, conversation_, std::move(text));
    Index(conversation_);
  }

  Response Search(const Person& who, std::vector<Field> query) {
    return Get(who, "/v1/search", std::move(query));
  }
  v1::SearchResponse Find(std::string q, std::vector<Field> more = {}) {
    more.push_back({"q", std::move(q)});
    return Read<v1::SearchResponse>(Search(bob_, std::move(more)));
  }
  static Texts TextsOf(const v1::SearchResponse& answer) {
    Texts texts;
    for (const v1::Message& message : answer.messages()) texts.push_back(message.text());
    return texts;
  }

  Person alice_;
  Person bob_;
  ConversationId conversation_;
};

TEST_F(SearchApiTest, FindsMessagesNewestFirst) {
  SayLater("Tea at five?");
  SayLater("or at six");
  SayLater("five it is, with TEA");

  const v1::SearchResponse answer = Find("tea FIVE");

  EXPECT_EQ(TextsOf(answer), (Texts{"five it is, with TEA", "Tea at five?"}));
  EXPECT_EQ(answer.next_cursor(), "");
  EXPECT_EQ(answer.messages(1).conversation_id(), conversation_.number());
  EXPECT_EQ(answer.messages(1).seq(), 1);
  EXPECT_EQ(answer.messages(1).sender_id(), alice_.user_id.number());
  EXPECT_EQ(TextsOf(Read<v1::SearchResponse>(Search(Join("carol"), {{"q", "tea"}}))), Texts());
}

TEST_F(SearchApiTest, GoesOnAtTheCursor) {
  for (const char* text : {"tea 1", "tea 2", "tea 3"}) SayLater(text);

  const v1::SearchResponse first = Find("tea", {{"limit", "2"}});
  const v1::SearchResponse second = Find("tea", {{"limit", "2"}, {"cursor", first.next_cursor()}});

  EXPECT_EQ(TextsOf(first), (Texts{"tea 3", "tea 2"}));
  EXPECT_EQ(TextsOf(second), Texts{"tea 1"});
  EXPECT_EQ(second.next_cursor(), "");
}

TEST_F(SearchApiTest, EndsAPageAtOneMebibyte) {
  const std::string quotes(kTextCodePointsMax - 4, '"');  // two bytes each in JSON
  for (int i = 0; i < 7; ++i) SayLater("tea " + quotes);

  const Response page = Search(bob_, {{"q", "tea"}});
  const auto answer = Read<v1::SearchResponse>(page);
  const v1::SearchResponse rest = Find("tea", {{"cursor", answer.next_cursor()}});

  EXPECT_LE(page.body.size(), kPageBytesMax);
  EXPECT_EQ(answer.messages_size(), 5);
  EXPECT_EQ(rest.messages_size(), 2);
  EXPECT_EQ(rest.next_cursor(), "");
}

TEST_F(SearchApiTest, TakesOperatorsAndQuotesAsWhatSeparatesWords) {
  SayLater("tea NOT coffee");
  SayLater("tea");

  EXPECT_EQ(Find("tea NOT coffee").messages_size(), 1);
  EXPECT_EQ(Find("\"tea\" * ) OR '(").messages_size(), 0) << "\"or\" is a word";
  EXPECT_EQ(Find("'tea' & !!:* <-> \"").messages_size(), 2);
  EXPECT_EQ(Find("terms:tea^").messages_size(), 0);
  EXPECT_EQ(Find("tea\n\t--;").messages_size(), 2);
}

TEST_F(SearchApiTest, RefusesWhatCannotBeLookedFor) {
  const std::string others = EncodeCursor({.kind = CursorKind::kContacts, .numbers = {1}});
  std::string many;
  for (std::size_t i = 0; i <= kSearchTokensMax; ++i) many += "w" + std::to_string(i) + " ";
  const std::vector<std::vector<Field>> queries = {
      {},
      {{"q", ""}},
      {{"q", " \n"}},
      {{"q", "\"*\" OR"}, {"limit", "0"}},
      {{"q", "…!?"}},
      {{"q", "😀"}},
      {{"q", std::string(kSearchQueryBytesMax + 1, 'a')}},
      {{"q", many}},
      {{"q", "tea"}, {"limit", "x"}},
      {{"q", "tea"}, {"cursor", "x"}},
      {{"q", "tea"}, {"cursor", others}},
  };
  for (const std::vector<Field>& query : queries) {
    EXPECT_EQ(CodeOf(Search(bob_, query)), "invalid_argument")
        << (query.empty() ? "" : query[0].value);
  }
  EXPECT_EQ(Search(bob_, {{"q", std::string(kSearchQueryBytesMax, 'a')}}).status, Status::kOk);
}

TEST_F(SearchApiTest, NeedsACallerAndAStore) {
  EXPECT_EQ(CodeOf(Get(Person(), "/v1/search", {{"q", "tea"}})), "unauthenticated");
  StopStore();
  EXPECT_EQ(CodeOf(Search(bob_, {{"q", "tea"}})), "unavailable");
}

}  // namespace
}  // namespace chat::http
