// The contract of the ports Search and SearchIndex.
#include "tests/contracts/search_contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "protocol/limits.h"

namespace chat::contracts {

SearchPage SearchContract::Find(SearchRequest request) {
  const auto page = Await<SearchPage, ReadError>(
      [&](auto done) { store().search().Find(request, std::move(done)); });
  EXPECT_TRUE(page.has_value());
  return page ? *page : SearchPage();
}

std::vector<std::string> SearchContract::TextsFound(UserId viewer, std::vector<std::string> tokens,
                                                    int limit) {
  std::vector<std::string> texts;
  SearchPage page;
  do {
    page = Find({.viewer = viewer,
                 .tokens = tokens,
                 .before = page.next_before,
                 .limit = limit,
                 .bytes_max = kPageBytesMax});
    for (const Entry& entry : page.entries) texts.push_back(entry.text);
  } while (page.next_before);
  return texts;
}

IndexedBatch SearchContract::Update(std::vector<ConversationId> conversations) {
  const auto batch = Await<IndexedBatch, ReadError>(
      [&](auto done) { store().search_index().Update(conversations, std::move(done)); });
  EXPECT_TRUE(batch.has_value());
  return batch ? *batch : IndexedBatch();
}

BehindPage SearchContract::FindBehind(ConversationId after) {
  const auto page = Await<BehindPage, ReadError>(
      [&](auto done) { store().search_index().FindBehind(after, std::move(done)); });
  EXPECT_TRUE(page.has_value());
  return page ? *page : BehindPage();
}

void SearchContract::Index() {
  BehindPage page = FindBehind();
  while (!page.behind.empty()) {
    Update(page.behind);
    page = FindBehind();
  }
}

void SearchContract::Edit(EditRequest edit) {
  EXPECT_TRUE((Await<EntryChanged, ChangeError>([&](auto done) {
                store().message_changes().Edit(edit, std::move(done));
              })).has_value());
}

void SearchContract::Delete(DeleteRequest deletion) {
  EXPECT_TRUE((Await<EntryChanged, ChangeError>([&](auto done) {
                store().message_changes().Delete(deletion, std::move(done));
              })).has_value());
}

void SearchContract::React(ReactRequest reaction) {
  EXPECT_TRUE((Await<EntryChanged, ChangeError>([&](auto done) {
                store().message_changes().React(reaction, std::move(done));
              })).has_value());
}

namespace {

using Texts = std::vector<std::string>;

SearchRequest ForTea(UserId viewer) {
  return {
      .viewer = viewer, .tokens = {"tea"}, .before = {}, .limit = 50, .bytes_max = kPageBytesMax};
}

TEST_P(SearchContract, FindsTextsOfAllOwnConversationsNewestFirst) {
  const auto users = AddUsers(3);
  const ConversationId direct = AddDirect(users[0], users[1]);
  const ConversationId group = AddGroup({users[0], users[1], users[2]});
  Send(direct, users[0], "Tea at five?");
  Send(group, users[2], "no TEA for me, five is late");
  Send(direct, users[1], "coffee");
  Send(group, users[1], "five o'clock tea");
  Index();
  store().Restart();

  EXPECT_EQ(TextsFound(users[0], {"tea", "five"}),
            (Texts{"five o'clock tea", "no TEA for me, five is late", "Tea at five?"}));
  EXPECT_EQ(TextsFound(users[2], {"tea"}),
            (Texts{"five o'clock tea", "no TEA for me, five is late"}));
  EXPECT_EQ(TextsFound(users[0], {"coffee"}), Texts{"coffee"});
  EXPECT_EQ(TextsFound(users[0], {"tea", "coffee"}), Texts());
  EXPECT_EQ(TextsFound(users[0], {"te"}), Texts());

  SearchRequest request = ForTea(users[0]);
  request.tokens = {"coffee"};
  const Entry found = Find(request).entries.at(0);
  EXPECT_EQ(found.conversation_id, direct);
  EXPECT_EQ(found.seq, Seq(2));
  EXPECT_EQ(found.sender_id, users[1]);
  EXPECT_EQ(found.kind, EntryKind::kText);
}

TEST_P(SearchContract, FindsWritingWithoutSpaces) {
  const auto users = AddUsers(2);
  const ConversationId direct = AddDirect(users[0], users[1]);
  Send(direct, users[0], "我爱北京天安门");
  Send(direct, users[1], "東京タワーに行きたい");
  Send(direct, users[1], "한국어를 배워요");
  Index();

  EXPECT_EQ(TextsFound(users[0], {"北京"}), Texts{"我爱北京天安门"});
  EXPECT_EQ(TextsFound(users[0], {"京"}), (Texts{"東京タワーに行きたい", "我爱北京天安门"}));
  EXPECT_EQ(TextsFound(users[0], {"タワ", "ワー"}), Texts{"東京タワーに行きたい"});
  EXPECT_EQ(TextsFound(users[0], {"한국", "국어"}), Texts{"한국어를 배워요"});
  EXPECT_EQ(TextsFound(users[0], {"京北"}), Texts());
}

TEST_P(SearchContract, LooksAtTheMembershipWhenItIsAsked) {
  const auto users = AddUsers(4);
  const ConversationId group = AddGroup({users[0], users[1]});
  Send(group, users[0], "secret");
  Index();
  EXPECT_EQ(TextsFound(users[1], {"secret"}), Texts{"secret"});
  EXPECT_EQ(TextsFound(users[2], {"secret"}), Texts());

  RemoveMember(group, users[1]);

  EXPECT_EQ(TextsFound(users[1], {"secret"}), Texts());
  EXPECT_EQ(TextsFound(users[0], {"secret"}), Texts{"secret"});
}

TEST_P(SearchContract, ShowsTheWholeHistoryToWhoComesLater) {
  const auto users = AddUsers(2);
  MakeContacts(users[0], users[1]);
  const auto group = Await<ConversationView, GroupError>([&](auto done) {
    store().groups().Create({.creator = users[0], .name = "us", .member_ids = {}}, std::move(done));
  });
  ASSERT_TRUE(group.has_value());
  const ConversationId id = group->conversation.conversation_id;
  Send(id, users[0], "before you came");
  Index();
  EXPECT_EQ(TextsFound(users[1], {"before"}), Texts());

  const auto added = Await<std::vector<Member>, GroupError>([&](auto done) {
    store().groups().Add({.actor = users[0], .conversation_id = id}, {users[1]}, std::move(done));
  });
  ASSERT_TRUE(added.has_value());

  EXPECT_EQ(TextsFound(users[1], {"before"}), Texts{"before you came"});
  EXPECT_EQ(FindBehind().behind, std::vector{id}) << "entries of every kind move the index";
  Index();
  EXPECT_EQ(TextsFound(users[1], {"us"}), Texts()) << "but texts are found only";
}

TEST_P(SearchContract, PagesByKeyWhateverIsSaidMeanwhile) {
  const auto users = AddUsers(2);
  const ConversationId conversations[] = {AddDirect(users[0], users[1]), AddGroup(users),
                                          AddGroup(users)};
  Texts expected;
  for (int i = 0; i < 20; ++i) {
    clock().Advance(std::chrono::milliseconds(1));
    expected.insert(expected.begin(), "tea " + std::to_string(i));
    Send(conversations[i % 3], users[i % 2], expected.front());
  }
  Index();
  EXPECT_EQ(TextsFound(users[0], {"tea"}, 7), expected);
  EXPECT_EQ(TextsFound(users[0], {"tea"}, 20), expected);

  SearchRequest request = ForTea(users[0]);
  request.limit = 15;
  const SearchPage first = Find(request);
  clock().Advance(std::chrono::milliseconds(1));
  Send(conversations[0], users[0], "more tea");
  Index();
  request.before = first.next_before;
  const SearchPage second = Find(request);

  ASSERT_EQ(first.entries.size(), 15u);
  ASSERT_EQ(second.entries.size(), 5u);
  EXPECT_EQ(second.entries.front().text, "tea 4");
  EXPECT_EQ(second.next_before, std::nullopt);
}

TEST_P(SearchContract, EndsAPageAtItsBytesButNotBeforeOneText) {
  const auto users = AddUsers(2);
  const ConversationId direct = AddDirect(users[0], users[1]);
  for (const char letter : {'a', 'b', 'c'}) {
    clock().Advance(std::chrono::milliseconds(1));
    Send(direct, users[0], "tea " + std::string(36, letter));
  }
  Index();

  SearchRequest request = ForTea(users[0]);
  request.bytes_max = 120;
  EXPECT_EQ(Find(request).entries.size(), 3u);
  request.bytes_max = 80;
  EXPECT_EQ(Find(request).entries.size(), 2u);
  request.bytes_max = 1;
  const SearchPage one = Find(request);
  ASSERT_EQ(one.entries.size(), 1u);
  request.before = one.next_before;
  request.bytes_max = 80;
  EXPECT_EQ(Find(request).entries.size(), 2u);
}

TEST_P(SearchContract, TakesLongConversationsInSteps) {
  constexpr int kTexts = 1300;  // more than a slice, and than one update takes
  const auto users = AddUsers(2);
  const ConversationId direct = AddDirect(users[0], users[1]);
  const auto sent = AwaitAll<Appended, AppendError>(kTexts, [&](int i, auto done) {
    store().messages().Append({.conversation_id = direct,
                               .sender_id = users[0],
                               .client_msg_id = std::to_string(i),
                               .text = (i % 100 == 0 ? "tea " : "water ") + std::to_string(i),
                               .reply_to_seq = {},
                               .origin = {}},
                              std::move(done));
  });
  EXPECT_EQ(std::ranges::count_if(sent, [](const auto& one) { return one.has_value(); }), kTexts);

  int updates = 0;
  std::uint64_t entries = 0;
  while (!FindBehind().behind.empty() && updates < kTexts) {
    entries += Update({direct}).entries;
    ++updates;
  }

  EXPECT_GT(updates, 1);
  EXPECT_EQ(entries, std::uint64_t{kTexts});
  EXPECT_EQ(TextsFound(users[1], {"tea"}, 5).size(), kTexts / 100u);
  EXPECT_EQ(TextsFound(users[1], {"water", "1299"}), Texts{"water 1299"});
  EXPECT_EQ(TextsFound(users[1], {"water", "1"}), Texts{"water 1"});
}

TEST_P(SearchContract, TakesNothingTwice) {
  const auto users = AddUsers(2);
  const ConversationId direct = AddDirect(users[0], users[1]);
  for (int i = 0; i < 10; ++i) Send(direct, users[0], "tea " + std::to_string(i));

  const auto batches = AwaitAll<IndexedBatch, ReadError>(
      5, [&](int, auto done) { store().search_index().Update({direct}, std::move(done)); });
  Index();

  EXPECT_EQ(std::ranges::count_if(batches, [](const auto& one) { return one.has_value(); }), 5);
  EXPECT_EQ(TextsFound(users[0], {"tea"}).size(), 10u);
  EXPECT_EQ(Update({direct}).entries, 0u);
  EXPECT_TRUE(Update({direct}).behind.empty());
}

TEST_P(SearchContract, FollowsWhatBecameOfATextAtOnceAndInTheIndexLater) {
  const auto users = AddUsers(2);
  const ConversationId direct = AddDirect(users[0], users[1]);
  const Seq edited = Send(direct, users[0], "tea");
  const Seq deleted = Send(direct, users[0], "tea, please");
  const Seq emptied = Send(direct, users[0], "more tea");
  Index();

  Edit({users[0], direct, edited, "coffee"});
  Delete({users[0], direct, deleted});
  Edit({users[0], direct, emptied, "…"});
  EXPECT_EQ(TextsFound(users[0], {"tea"}), Texts());
  EXPECT_EQ(TextsFound(users[0], {"coffee"}), Texts()) << "not known yet";
  EXPECT_EQ(FindBehind().behind, std::vector{direct});
  Index();

  EXPECT_EQ(TextsFound(users[0], {"coffee"}), Texts{"coffee"});
  EXPECT_EQ(TextsFound(users[0], {"tea"}), Texts());
  Edit({users[0], direct, emptied, "tea again"});
  Index();
  EXPECT_EQ(TextsFound(users[0], {"tea"}), Texts{"tea again"});
}

TEST_P(SearchContract, ShowsReactionsOfAllConversationsAsTheViewerSeesThem) {
  const auto users = AddUsers(2);
  const ConversationId direct = AddDirect(users[0], users[1]);
  const ConversationId group = AddGroup(users);
  const Seq in_direct = Send(direct, users[0], "tea");
  const Seq in_group = Send(group, users[0], "tea, too");
  ASSERT_EQ(in_direct, in_group) << "so that their places tell them apart";
  React({users[0], direct, in_direct, "+1", true});
  React({users[1], group, in_group, "!", true});
  Index();

  const SearchPage page = Find(ForTea(users[0]));

  ASSERT_EQ(page.entries.size(), 2u);
  EXPECT_EQ(page.entries[0].reactions, (std::vector<Reaction>{{"!", 1, false}}));
  EXPECT_EQ(page.entries[1].reactions, (std::vector<Reaction>{{"+1", 1, true}}));
}

TEST_P(SearchContract, KnowsWhichConversationsAreBehind) {
  const auto users = AddUsers(2);
  std::vector<ConversationId> groups;
  for (int i = 0; i < 3; ++i) groups.push_back(AddGroup(users));
  Send(groups[0], users[0], "tea");
  Send(groups[2], users[0], "…");

  EXPECT_EQ(FindBehind().behind, (std::vector{groups[0], groups[2]}));
  EXPECT_EQ(FindBehind(groups[0]).behind, std::vector{groups[2]});
  EXPECT_EQ(FindBehind().next, std::nullopt);
  EXPECT_EQ(Update(groups).entries, 2u);

  EXPECT_TRUE(FindBehind().behind.empty());
}

}  // namespace
}  // namespace chat::contracts
