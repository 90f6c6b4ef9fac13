// Search: what people said is found by its words, soon after it was said, by those who may read it.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "tests/harness/person.h"
#include "tests/scenarios/scenario.h"

namespace chat::testing {
namespace {

using Texts = std::vector<std::string>;

// What stands in the query of a target.
std::string Escaped(const std::string& text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string escaped;
  for (const unsigned char byte : text) {
    escaped += {'%', kDigits[byte >> 4], kDigits[byte & 0xF]};
  }
  return escaped;
}

class SearchScenarioTest : public Scenario {
 protected:
  // How far behind search may be, and what a slow machine takes on top.
  static constexpr std::chrono::seconds kBehindMax{2};
  static constexpr std::chrono::seconds kSlowness{20};

  static ApiAnswer<v1::SearchResponse> Search(Person& who, const std::string& q,
                                              const std::string& more = "") {
    return who.api().Get<v1::SearchResponse>("/v1/search?q=" + Escaped(q) + more);
  }

  static Texts Finds(Person& who, const std::string& q) {
    Texts texts;
    for (const v1::Message& message : Search(who, q).body.messages()) {
      texts.push_back(message.text());
    }
    return texts;
  }

  // Asks until it is found.
  static bool SoonFinds(Person& who, const std::string& q, const Texts& texts) {
    const auto end = std::chrono::steady_clock::now() + kBehindMax + kSlowness;
    while (Finds(who, q) != texts) {
      if (std::chrono::steady_clock::now() > end) return false;
    }
    return true;
  }

  // What came of it: empty when it was done.
  static std::string Refusal(Person& who, const std::string& q) {
    return Search(who, q).problem.code();
  }

  void AliceMakesAGroup(const std::vector<const Person*>& others) {
    v1::CreateConversationRequest request;
    request.set_kind("group");
    request.set_name("Lunch");
    for (const Person* other : others) request.add_member_ids(other->id().number());
    const auto answer = alice_.api().Post<v1::ConversationResponse>("/v1/conversations", request);
    ASSERT_EQ(answer.status, 201) << answer.problem.code();
    group_ = ConversationId(answer.body.conversation().conversation_id());
    alice_.TalksIn(group_);
  }

  Person alice_ = Joins("alice");
  Person bob_ = Joins("bob");
  Person carol_ = Joins("carol");
  ConversationId group_;
};
INSTANTIATE_TEST_SUITE_P(Everywhere, SearchScenarioTest, AllSettings(), NameOf);

TEST_P(SearchScenarioTest, WhatWasSaidIsSoonFoundByBothAndByNobodyElse) {
  Introduce(alice_, bob_);
  bob_.TalksIn(alice_.conversation());
  alice_.Sends("Shall we have Tea at five?");
  bob_.Sends("tea, yes; five, no");
  alice_.Sends("six then");

  const Texts both = {"tea, yes; five, no", "Shall we have Tea at five?"};
  EXPECT_TRUE(SoonFinds(alice_, "five TEA", both));
  EXPECT_TRUE(SoonFinds(bob_, "tea five", both));
  EXPECT_EQ(Finds(carol_, "tea"), Texts());
  EXPECT_EQ(Finds(alice_, "tea six"), Texts());

  const v1::Message found = Search(bob_, "shall").body.messages(0);
  EXPECT_EQ(found.conversation_id(), alice_.conversation().number());
  EXPECT_EQ(found.seq(), 1);
  EXPECT_EQ(found.sender_id(), alice_.id().number());
}

TEST_P(SearchScenarioTest, WhoIsRemovedFindsNothingMoreAndWhoComesFindsAll) {
  alice_.Befriends(bob_);
  alice_.Befriends(carol_);
  AliceMakesAGroup({&bob_});
  alice_.Sends("the code is swordfish");
  EXPECT_TRUE(SoonFinds(bob_, "swordfish", {"the code is swordfish"}));

  const std::string members = "/v1/conversations/" + group_.ToString() + "/members";
  ASSERT_EQ(alice_.api().Delete(members + "/" + bob_.id().ToString()).status, 204);
  v1::AddMembersRequest request;
  request.add_user_ids(carol_.id().number());
  ASSERT_EQ(alice_.api().Post<v1::AddMembersResponse>(members, request).status, 201);

  EXPECT_EQ(Finds(bob_, "swordfish"), Texts());
  EXPECT_EQ(Finds(carol_, "swordfish"), Texts{"the code is swordfish"});
}

TEST_P(SearchScenarioTest, WritingWithoutSpacesIsFoundByItsCharacters) {
  Introduce(alice_, bob_);
  alice_.Sends("明天去北京天安门");
  alice_.Sends("東京タワーに行きたい");
  alice_.Sends("한국어를 배워요");

  EXPECT_TRUE(SoonFinds(bob_, "배워요", {"한국어를 배워요"}));
  EXPECT_EQ(Finds(bob_, "天安门 北京"), Texts{"明天去北京天安门"});
  EXPECT_EQ(Finds(bob_, "京"), (Texts{"東京タワーに行きたい", "明天去北京天安门"}));
  EXPECT_EQ(Finds(bob_, "タワー"), Texts{"東京タワーに行きたい"});
  EXPECT_EQ(Finds(bob_, "京北"), Texts());
}

TEST_P(SearchScenarioTest, PagesLeadThroughAllOfIt) {
  Introduce(alice_, bob_);
  for (int i = 1; i <= 5; ++i) alice_.Sends("page " + std::to_string(i));
  ASSERT_TRUE(SoonFinds(bob_, "page 5", {"page 5"}));

  Texts found;
  std::string cursor;
  int pages = 0;
  do {
    const auto page = Search(bob_, "page", "&limit=2&cursor=" + cursor);
    ASSERT_EQ(page.status, 200);
    for (const v1::Message& message : page.body.messages()) found.push_back(message.text());
    cursor = page.body.next_cursor();
  } while (!cursor.empty() && ++pages < 10);

  EXPECT_EQ(found, (Texts{"page 5", "page 4", "page 3", "page 2", "page 1"}));
  EXPECT_EQ(pages, 2);
}

TEST_P(SearchScenarioTest, WhateverIsAskedIsAnsweredClearly) {
  Introduce(alice_, bob_);
  alice_.Sends("rock and roll");
  ASSERT_TRUE(SoonFinds(bob_, "rock", {"rock and roll"}));

  EXPECT_EQ(Finds(bob_, "\"rock\" & (roll | !'and') *:^"), Texts{"rock and roll"});
  EXPECT_EQ(Finds(bob_, "rock AND roll"), Texts{"rock and roll"});
  EXPECT_EQ(Finds(bob_, "NEAR(rock roll, 5)"), Texts());
  EXPECT_EQ(Finds(bob_, "'; DROP TABLE messages; --"), Texts());
  EXPECT_EQ(Finds(bob_, "roc%"), Texts());
  for (const std::string& q :
       {std::string(), std::string("\" ' ( * \\"), std::string("\n"), std::string(257, 'a'),
        std::string("a b c d e f g h i j k l m n o p q")}) {
    EXPECT_EQ(Refusal(bob_, q), "invalid_argument") << q;
  }
  EXPECT_EQ(bob_.api().Get<v1::SearchResponse>("/v1/search").problem.code(), "invalid_argument");
  EXPECT_NE(bob_.api().Get<v1::SearchResponse>("/v1/search?q=%ff").status, 200);
  EXPECT_NE(bob_.api().Get<v1::SearchResponse>("/v1/search?q=%00").status, 200);
}

}  // namespace
}  // namespace chat::testing
