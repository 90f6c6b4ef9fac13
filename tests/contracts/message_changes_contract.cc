// The contract of the port MessageChanges; what pages show of it is in changed_pages_contract.cc.
#include "tests/contracts/message_changes_contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/ports/bus.h"

namespace chat::contracts {

MessageChangesContract::Changed MessageChangesContract::Edit(UserId editor, Seq seq,
                                                             const std::string& text) {
  return Await<EntryChanged, ChangeError>([&](auto done) {
    store().message_changes().Edit({editor, conversation_, seq, text}, std::move(done));
  });
}

MessageChangesContract::Changed MessageChangesContract::Delete(UserId deleter, Seq seq) {
  return Await<EntryChanged, ChangeError>([&](auto done) {
    store().message_changes().Delete({deleter, conversation_, seq}, std::move(done));
  });
}

MessageChangesContract::Changed MessageChangesContract::React(UserId reactor, Seq seq,
                                                              const std::string& emoji, bool on) {
  return Await<EntryChanged, ChangeError>([&](auto done) {
    store().message_changes().React({reactor, conversation_, seq, emoji, on}, std::move(done));
  });
}

Entry MessageChangesContract::See(UserId viewer, Seq seq) {
  const auto page = Await<EntryPage, ViewError>([&](auto done) {
    store().messages().ReadPage({.viewer = viewer,
                                 .conversation_id = conversation_,
                                 .after_seq = Seq(seq.number() - 1),
                                 .before_seq = {},
                                 .limit = 1,
                                 .bytes_max = kPageBytesMax},
                                std::move(done));
  });
  EXPECT_TRUE(page && page->entries.size() == 1);
  return page && !page->entries.empty() ? page->entries[0] : Entry();
}

EntryPage MessageChangesContract::SeeChanged(UserId viewer, Seq seq, Change after, int limit) {
  const auto page = Await<EntryPage, ViewError>([&](auto done) {
    store().messages().ReadPage({.viewer = viewer,
                                 .conversation_id = conversation_,
                                 .after_seq = seq,
                                 .before_seq = {},
                                 .after_change = after,
                                 .limit = limit,
                                 .bytes_max = kPageBytesMax},
                                std::move(done));
  });
  EXPECT_TRUE(page.has_value());
  return page.value_or(EntryPage());
}

namespace {

// "1@5" is change 5 of entry 1.
std::vector<std::string> Told(const std::vector<CommittedChange>& changes) {
  std::vector<std::string> told;
  for (const CommittedChange& each : changes) {
    told.push_back(each.change.seq.ToString() + '@' + each.change.change.ToString());
  }
  return told;
}

using Words = std::vector<std::string>;
using Reactions = std::vector<Reaction>;

TEST_P(MessageChangesContract, AnEditReplacesTheTextAndIsTold) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  Send(conversation_, users[0], "first");
  Send(conversation_, users[0], "second");
  bus().Clear();
  clock().Advance(std::chrono::minutes(1));

  const Changed edited = Edit(users[0], Seq(1), "better");

  ASSERT_TRUE(edited.has_value());
  EXPECT_EQ(edited->change, Change(1));
  const Entry entry = See(users[1], Seq(1));
  EXPECT_EQ(entry.text, "better");
  EXPECT_EQ(entry.edited_at, clock().Now());
  EXPECT_EQ(entry.change, Change(1));
  EXPECT_FALSE(entry.deleted);
  const auto told = bus().changes();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].change.conversation_id, conversation_);
  EXPECT_EQ(told[0].change.seq, Seq(1));
  EXPECT_EQ(told[0].change.change, Change(1));
  EXPECT_EQ(told[0].change.user_id, users[0]);
  EXPECT_EQ(told[0].head_seq, Seq(2));
  EXPECT_EQ(told[0].members_seq, Seq());
  const auto* what = std::get_if<EntryEdited>(&told[0].change.what);
  ASSERT_NE(what, nullptr);
  EXPECT_EQ(what->text, "better");
  EXPECT_EQ(what->edited_at, clock().Now());
  EXPECT_EQ(Send(conversation_, users[0], "next"), Seq(3)) << "a change takes no seq";
}

TEST_P(MessageChangesContract, ADeletionErasesTextAndReactionsAndKeepsTheSeq) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  Send(conversation_, users[0], "secret");
  ASSERT_TRUE(React(users[1], Seq(1), "+1").has_value());
  bus().Clear();

  const Changed deleted = Delete(users[0], Seq(1));
  store().Restart();

  ASSERT_TRUE(deleted.has_value());
  EXPECT_EQ(deleted->change, Change(2));
  const Entry entry = See(users[1], Seq(1));
  EXPECT_TRUE(entry.deleted);
  EXPECT_EQ(entry.text, "");
  EXPECT_EQ(entry.reactions, Reactions());
  EXPECT_EQ(entry.sender_id, users[0]);
  ASSERT_EQ(Told(bus().changes()), Words{"1@2"});
  EXPECT_TRUE(std::holds_alternative<EntryDeleted>(bus().changes()[0].change.what));
  const auto retry = Append({.conversation_id = conversation_,
                             .sender_id = users[0],
                             .client_msg_id = "secret",
                             .text = "secret",
                             .reply_to_seq = {},
                             .origin = {}});
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->seq, Seq(1)) << "a late retry does not bring it back";
}

TEST_P(MessageChangesContract, ReactionsAreCountedForEachReader) {
  const auto users = AddUsers(3);
  conversation_ = AddGroup(users);
  Send(conversation_, users[0], "hello");
  bus().Clear();

  EXPECT_EQ(React(users[1], Seq(1), "wow")->change, Change(1));
  EXPECT_EQ(React(users[1], Seq(1), "+1")->change, Change(2));
  EXPECT_EQ(React(users[2], Seq(1), "+1")->change, Change(3));

  EXPECT_EQ(See(users[2], Seq(1)).reactions, (Reactions{{"wow", 1, false}, {"+1", 2, true}}));
  EXPECT_EQ(See(users[0], Seq(1)).reactions, (Reactions{{"wow", 1, false}, {"+1", 2, false}}));
  EXPECT_EQ(React(users[1], Seq(1), "+1", false)->change, Change(4));
  EXPECT_EQ(See(users[1], Seq(1)).reactions, (Reactions{{"wow", 1, true}, {"+1", 1, false}}));
  EXPECT_EQ(Told(bus().changes()), (Words{"1@1", "1@2", "1@3", "1@4"}));
  const auto last = std::get<EntryReaction>(bus().changes()[3].change.what);
  EXPECT_EQ(last.emoji, "+1");
  EXPECT_FALSE(last.on);
}

TEST_P(MessageChangesContract, WhatIsAlreadySoIsAnsweredAndToldToNobody) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  Send(conversation_, users[0], "one");
  Send(conversation_, users[0], "two");
  EXPECT_EQ(Edit(users[0], Seq(1), "one")->change, Change());
  EXPECT_EQ(React(users[0], Seq(1), "+1", false)->change, Change());
  ASSERT_EQ(Edit(users[0], Seq(1), "uno")->change, Change(1));
  ASSERT_EQ(Delete(users[0], Seq(2))->change, Change(2));
  ASSERT_EQ(React(users[1], Seq(1), "+1")->change, Change(3));
  bus().Clear();

  EXPECT_EQ(Edit(users[0], Seq(1), "uno")->change, Change(3));
  EXPECT_EQ(Delete(users[0], Seq(2))->change, Change(2));
  EXPECT_EQ(React(users[1], Seq(1), "+1")->change, Change(3));

  EXPECT_TRUE(bus().changes().empty());
  EXPECT_EQ(See(users[1], Seq(1)).reactions, (Reactions{{"+1", 1, true}}));
  EXPECT_EQ(SeeChanged(users[0], Seq(2), Change()).head_change, Change(3));
}

TEST_P(MessageChangesContract, OnlyOnesOwnTextIsEdited) {
  const auto users = AddUsers(2);
  conversation_ = Made(users);
  const Seq seq = Send(conversation_, users[1], "hello");
  bus().Clear();

  EXPECT_EQ(ErrorOf(Edit(users[0], seq, "changed")), ChangeError::kForbidden)
      << "also its owner only deletes";

  EXPECT_EQ(See(users[0], seq).text, "hello");
  EXPECT_TRUE(bus().changes().empty());
}

TEST_P(MessageChangesContract, OwnersAndAdminsOfAGroupDeleteAnyonesTextOthersTheirOwn) {
  const auto users = AddUsers(3);
  conversation_ = Made(users);
  const Seq one = Send(conversation_, users[0], "one");
  const Seq two = Send(conversation_, users[1], "two");

  EXPECT_EQ(ErrorOf(Delete(users[2], one)), ChangeError::kForbidden);
  EXPECT_TRUE(Delete(users[0], two).has_value());
  ASSERT_TRUE(ChangeRole({.actor = users[0], .conversation_id = conversation_},
                         {.subject = users[2], .role = Role::kAdmin})
                  .has_value());
  EXPECT_TRUE(Delete(users[2], one).has_value());
  const Seq three = Send(conversation_, users[1], "three");
  EXPECT_TRUE(Delete(users[1], three).has_value());
  conversation_ = AddDirect(users[1], users[2]);
  Send(conversation_, users[1], "between us");
  EXPECT_EQ(ErrorOf(Delete(users[2], Seq(1))), ChangeError::kForbidden);
}

TEST_P(MessageChangesContract, NotTextsStayAsTheyAre) {
  const auto users = AddUsers(2);
  conversation_ = Made(users);
  bus().Clear();

  EXPECT_EQ(ErrorOf(Edit(users[0], Seq(1), "x")), ChangeError::kNotText);
  EXPECT_EQ(ErrorOf(Delete(users[0], Seq(1))), ChangeError::kNotText);
  EXPECT_EQ(ErrorOf(React(users[0], Seq(1), "+1")), ChangeError::kNotText);
  EXPECT_TRUE(bus().changes().empty());
}

TEST_P(MessageChangesContract, WhatIsNotThereAndWhatIsNotOnesOwnLookTheSame) {
  const auto users = AddUsers(3);
  conversation_ = AddGroup({users[0], users[1]});
  Send(conversation_, users[0], "hello");
  RemoveMember(conversation_, users[1]);

  for (const UserId stranger : {users[1], users[2]}) {
    EXPECT_EQ(ErrorOf(Edit(stranger, Seq(1), "x")), ChangeError::kNotFound);
    EXPECT_EQ(ErrorOf(Delete(stranger, Seq(1))), ChangeError::kNotFound);
    EXPECT_EQ(ErrorOf(React(stranger, Seq(1), "+1")), ChangeError::kNotFound);
  }
  for (const Seq seq : {Seq(), Seq(2), Seq(-1)}) {
    EXPECT_EQ(ErrorOf(Edit(users[0], seq, "x")), ChangeError::kNotFound);
    EXPECT_EQ(ErrorOf(Delete(users[0], seq)), ChangeError::kNotFound);
    EXPECT_EQ(ErrorOf(React(users[0], seq, "+1")), ChangeError::kNotFound);
  }
  conversation_ = ConversationId(42);
  EXPECT_EQ(ErrorOf(React(users[0], Seq(1), "+1")), ChangeError::kNotFound);
}

TEST_P(MessageChangesContract, ADeletedTextStaysAsItIs) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  Send(conversation_, users[0], "hello");
  ASSERT_TRUE(Delete(users[0], Seq(1)).has_value());

  EXPECT_EQ(ErrorOf(Edit(users[0], Seq(1), "back")), ChangeError::kDeleted);
  EXPECT_EQ(ErrorOf(React(users[1], Seq(1), "+1")), ChangeError::kDeleted);
  EXPECT_EQ(See(users[0], Seq(1)).text, "");
}

TEST_P(MessageChangesContract, ABlockLetsOneOnlyTakeBackWhatWasSaid) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  Send(conversation_, users[0], "one");
  Send(conversation_, users[0], "two");
  ASSERT_TRUE(React(users[0], Seq(1), "+1").has_value());
  const auto blocked = Await<void, BlockError>(
      [&](auto done) { store().blocks().Block(users[1], users[0], std::move(done)); });
  ASSERT_TRUE(blocked.has_value());

  EXPECT_EQ(ErrorOf(Edit(users[0], Seq(1), "uno")), ChangeError::kClosed);
  EXPECT_EQ(ErrorOf(React(users[0], Seq(1), "!")), ChangeError::kClosed);
  EXPECT_EQ(ErrorOf(React(users[1], Seq(1), "!")), ChangeError::kClosed);
  EXPECT_TRUE(React(users[0], Seq(1), "+1", false).has_value());
  EXPECT_TRUE(Delete(users[0], Seq(2)).has_value());
  EXPECT_EQ(See(users[1], Seq(1)).text, "one");
}

TEST_P(MessageChangesContract, AnEntryHasABoundedNumberOfEmojis) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  Send(conversation_, users[0], "hello");
  for (std::size_t i = 0; i < kEmojisPerEntryMax; ++i) {
    ASSERT_TRUE(React(users[0], Seq(1), "e" + std::to_string(i)).has_value());
  }

  EXPECT_EQ(ErrorOf(React(users[1], Seq(1), "new")), ChangeError::kTooManyEmojis);
  EXPECT_TRUE(React(users[1], Seq(1), "e7").has_value());
  EXPECT_TRUE(React(users[0], Seq(1), "e0", false).has_value());
  EXPECT_TRUE(React(users[1], Seq(1), "new").has_value());
}

TEST_P(MessageChangesContract, ConcurrentChangesAreNumberedWithoutHolesAndToldInOrder) {
  const auto users = AddUsers(4);
  conversation_ = AddGroup(users);
  for (int i = 0; i < 4; ++i) Send(conversation_, users[i], std::to_string(i));
  bus().Clear();
  const int count = 60;

  const auto answers = AwaitAll<EntryChanged, ChangeError>(count, [&](int i, auto done) {
    const Seq seq(i % 4 + 1);
    MessageChanges& changes = store().message_changes();
    if (i % 2 == 0) {
      changes.Edit({users[i % 4], conversation_, seq, "text " + std::to_string(i)},
                   std::move(done));
    } else {
      changes.React({users[i % 4], conversation_, seq, "e" + std::to_string(i % 16), i % 8 < 4},
                    std::move(done));
    }
  });

  for (const auto& answer : answers) ASSERT_TRUE(answer.has_value());
  Change last;
  for (const CommittedChange& told : bus().changes()) {
    EXPECT_EQ(told.change.change, last.Next());
    last = told.change.change;
  }
  EXPECT_GE(last, Change(count / 2));
  EXPECT_EQ(SeeChanged(users[0], Seq(4), Change()).head_change, last);
}

TEST_P(MessageChangesContract, OneOfManyConcurrentRetriesCounts) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  Send(conversation_, users[0], "hello");
  bus().Clear();

  const auto answers = AwaitAll<EntryChanged, ChangeError>(20, [&](int, auto done) {
    store().message_changes().React({users[1], conversation_, Seq(1), "+1", true}, std::move(done));
  });

  for (const auto& answer : answers) {
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->change, Change(1));
  }
  EXPECT_EQ(bus().changes().size(), 1u);
}

TEST_P(MessageChangesContract, ADeletionWinsOverTheEditsThatRaceWithIt) {
  const auto users = AddUsers(2);
  conversation_ = AddDirect(users[0], users[1]);
  Send(conversation_, users[0], "hello");

  AwaitAll<EntryChanged, ChangeError>(20, [&](int i, auto done) {
    if (i == 10) {
      store().message_changes().Delete({users[0], conversation_, Seq(1)}, std::move(done));
    } else {
      store().message_changes().Edit({users[0], conversation_, Seq(1), std::to_string(i)},
                                     std::move(done));
    }
  });

  EXPECT_TRUE(See(users[1], Seq(1)).deleted);
  EXPECT_EQ(See(users[1], Seq(1)).text, "");
}

}  // namespace
}  // namespace chat::contracts
