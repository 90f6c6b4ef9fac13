#include "tests/contracts/administration_contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "protocol/limits.h"

namespace chat::contracts {
namespace {

constexpr std::chrono::minutes kOverlap{16};

std::vector<std::uint32_t> NumbersOf(const std::vector<StoredSigningKey>& keys) {
  std::vector<std::uint32_t> numbers;
  for (const StoredSigningKey& key : keys) numbers.push_back(key.key_id);
  return numbers;
}

NewSession SessionOf(UserId user, const std::string& password_hash, int token) {
  return {.user_id = user,
          .device_name = "a phone",
          .refresh_hash = {static_cast<std::uint8_t>(token)},
          .lifetime = kRefreshTokenLifetime,
          .password_hash = password_hash};
}

}  // namespace

Result<RefreshedSession, OpenSessionError> AdministrationContract::OpenSession(
    UserId user, const std::string& hash) {
  return Await<RefreshedSession, OpenSessionError>(
      [&](auto done) { store().sessions().Open(SessionOf(user, hash, 99), std::move(done)); });
}

SessionId AdministrationContract::OpenSession(UserId user, const std::string& name, int token) {
  const auto session = Await<RefreshedSession, OpenSessionError>([&](auto done) {
    store().sessions().Open(SessionOf(user, "hash of " + name, token), std::move(done));
  });
  EXPECT_TRUE(session.has_value());
  return session ? session->owner.session_id : SessionId();
}

bool AdministrationContract::IsActive(SessionId session) {
  return Await<SessionOwner, ViewError>(
             [&](auto done) { store().sessions().FindActive(session, std::move(done)); })
      .has_value();
}

Result<Account, ViewError> AdministrationContract::Disable(UserId user) {
  return Await<Account, ViewError>(
      [&](auto done) { store().accounts().Disable(user, std::move(done)); });
}

Result<Account, ViewError> AdministrationContract::Enable(UserId user) {
  return Await<Account, ViewError>(
      [&](auto done) { store().accounts().Enable(user, std::move(done)); });
}

Result<Account, ViewError> AdministrationContract::ResetPassword(UserId user,
                                                                 const std::string& hash) {
  return Await<Account, ViewError>([&](auto done) {
    store().accounts().ResetPassword({.user_id = user, .new_hash = hash}, std::move(done));
  });
}

std::vector<StoredSigningKey> AdministrationContract::LoadKeys() {
  auto keys = Await<std::vector<StoredSigningKey>, ReadError>(
      [&](auto done) { store().signing_keys().Load(std::move(done)); });
  EXPECT_TRUE(keys.has_value());
  return keys ? *std::move(keys) : std::vector<StoredSigningKey>();
}

std::vector<StoredSigningKey> AdministrationContract::Rotate(const std::string& material) {
  auto keys = Await<std::vector<StoredSigningKey>, ReadError>([&](auto done) {
    store().signing_keys().Rotate({.material = material, .overlap = kOverlap}, std::move(done));
  });
  EXPECT_TRUE(keys.has_value());
  return keys ? *std::move(keys) : std::vector<StoredSigningKey>();
}

Result<MessageTrace, ViewError> AdministrationContract::Trace(MessageId message, int members_max) {
  return Await<MessageTrace, ViewError>([&](auto done) {
    store().inspection().Trace({.message = message, .members_max = members_max}, std::move(done));
  });
}

std::vector<ConversationId> AdministrationContract::ConversationsEver(UserId user) {
  std::vector<ConversationId> conversations;
  ConversationId after;
  while (true) {
    const auto next = Await<std::optional<ConversationId>, ReadError>(
        [&](auto done) { store().inspection().NextConversation(user, after, std::move(done)); });
    EXPECT_TRUE(next.has_value());
    if (!next || !*next) return conversations;
    after = **next;
    conversations.push_back(after);
  }
}

namespace {

TEST_P(AdministrationContract, DisablingEndsAllSessionsAndTellsOfThemOnce) {
  const UserId alice = AddUser("alice");
  const std::set<SessionId> sessions = {OpenSession(alice, "alice", 1),
                                        OpenSession(alice, "alice", 2)};
  const SessionId of_another = OpenSession(AddUser("bob"), "bob", 3);
  bus().Clear();

  const auto disabled = Disable(alice);
  const auto again = Disable(alice);

  for (const auto& account : {disabled, again}) {
    ASSERT_TRUE(account.has_value());
    EXPECT_TRUE(account->disabled);
    EXPECT_EQ(account->user.username, "alice");
  }
  std::set<SessionId> told;
  for (const SessionOwner& revoked : bus().revoked_sessions()) told.insert(revoked.session_id);
  EXPECT_EQ(told, sessions);
  EXPECT_EQ(bus().revoked_sessions().size(), sessions.size());
  const auto tells_why = [&](const auto& batch) {
    return batch->disabled_users == std::vector{alice} && !batch->revoked_sessions.empty();
  };
  EXPECT_EQ(std::ranges::count_if(bus().batches(), tells_why), 1);
  for (const SessionId session : sessions) EXPECT_FALSE(IsActive(session));
  EXPECT_TRUE(IsActive(of_another));
}

TEST_P(AdministrationContract, WhoIsDisabledOpensNoSessionUntilEnabled) {
  const UserId alice = AddUser("alice");
  const SessionId before = OpenSession(alice, "alice", 1);
  ASSERT_TRUE(Disable(alice).has_value());
  EXPECT_EQ(ErrorOf(OpenSession(alice, "hash of alice")), OpenSessionError::kUserGone);

  const auto enabled = Enable(alice);

  ASSERT_TRUE(enabled.has_value());
  EXPECT_FALSE(enabled->disabled);
  EXPECT_TRUE(OpenSession(alice, "hash of alice").has_value());
  EXPECT_FALSE(IsActive(before)) << "what was revoked stays so";
}

TEST_P(AdministrationContract, ResettingAPasswordEndsAllSessionsAndOvertakesLogins) {
  const UserId alice = AddUser("alice");
  const SessionId before = OpenSession(alice, "alice", 1);
  bus().Clear();

  const auto reset = ResetPassword(alice, "new hash");

  ASSERT_TRUE(reset.has_value());
  EXPECT_EQ(reset->password_hash, "new hash");
  EXPECT_FALSE(IsActive(before));
  EXPECT_EQ(bus().revoked_sessions().size(), 1u);
  EXPECT_EQ(ErrorOf(OpenSession(alice, "hash of alice")), OpenSessionError::kUserGone);
  EXPECT_TRUE(OpenSession(alice, "new hash").has_value());
}

TEST_P(AdministrationContract, ResettingThePasswordOfWhoIsDisabledDoesNotEnableThem) {
  const UserId alice = AddUser("alice");
  ASSERT_TRUE(Disable(alice).has_value());

  EXPECT_TRUE(ResetPassword(alice, "new hash")->disabled);

  EXPECT_EQ(ErrorOf(OpenSession(alice, "new hash")), OpenSessionError::kUserGone);
}

TEST_P(AdministrationContract, BringsNobodyBackWhoWasErasedOrNeverWas) {
  const UserId alice = AddUser("alice");
  ASSERT_EQ((Await<Erasure, ViewError>(
                [&](auto done) { store().accounts().Erase(alice, std::move(done)); })),
            Erasure::kDone);

  for (const UserId user : {alice, UserId(42)}) {
    EXPECT_EQ(ErrorOf(Enable(user)), ViewError::kNotFound);
    EXPECT_EQ(ErrorOf(Disable(user)), ViewError::kNotFound);
    EXPECT_EQ(ErrorOf(ResetPassword(user, "new hash")), ViewError::kNotFound);
  }
  EXPECT_EQ(ErrorOf(OpenSession(alice, "new hash")), OpenSessionError::kUserGone);
}

TEST_P(AdministrationContract, RevokesAllSessionsOfAUserWhenNoneIsKept) {
  const UserId alice = AddUser("alice");
  const SessionId one = OpenSession(alice, "alice", 1);
  const SessionId other = OpenSession(alice, "alice", 2);

  ASSERT_TRUE((Await<void, ReadError>([&](auto done) {
                store().sessions().RevokeOthers({.session_id = {}, .user_id = alice},
                                                std::move(done));
              })).has_value());

  EXPECT_FALSE(IsActive(one));
  EXPECT_FALSE(IsActive(other));
}

TEST_P(AdministrationContract, ANewKeyRetiresTheOldOnesAfterTheOverlap) {
  const auto first = Await<std::vector<StoredSigningKey>, ReadError>(
      [&](auto done) { store().signing_keys().LoadOrCreate("first", std::move(done)); });
  ASSERT_TRUE(first.has_value());

  const auto rotated = Rotate("second");

  EXPECT_EQ(NumbersOf(rotated), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(rotated.back().material, "second");
  clock().Advance(kOverlap - std::chrono::milliseconds(1));
  EXPECT_EQ(NumbersOf(LoadKeys()), (std::vector<std::uint32_t>{1, 2}));
  clock().Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(NumbersOf(LoadKeys()), std::vector<std::uint32_t>{2});
}

TEST_P(AdministrationContract, AnotherRotationDoesNotKeepOldKeysLonger) {
  (void)Await<std::vector<StoredSigningKey>, ReadError>(
      [&](auto done) { store().signing_keys().LoadOrCreate("first", std::move(done)); });
  Rotate("second");
  clock().Advance(kOverlap / 2);
  EXPECT_EQ(NumbersOf(Rotate("third")), (std::vector<std::uint32_t>{1, 2, 3}));

  clock().Advance(kOverlap / 2);

  EXPECT_EQ(NumbersOf(LoadKeys()), (std::vector<std::uint32_t>{2, 3}));
}

TEST_P(AdministrationContract, RotationsAtOnceGiveEachAKeyOfItsOwn) {
  (void)Await<std::vector<StoredSigningKey>, ReadError>(
      [&](auto done) { store().signing_keys().LoadOrCreate("first", std::move(done)); });

  const auto answers = AwaitAll<std::vector<StoredSigningKey>, ReadError>(6, [&](int i, auto done) {
    store().signing_keys().Rotate({.material = "key " + std::to_string(i), .overlap = kOverlap},
                                  std::move(done));
  });

  for (const auto& answer : answers) EXPECT_TRUE(answer.has_value());
  EXPECT_EQ(NumbersOf(LoadKeys()), (std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6, 7}));
}

TEST_P(AdministrationContract, FindsEachMessageAmongOthersByItsIdAlone) {
  const auto users = AddUsers(3);
  const std::vector<ConversationId> conversations = {AddDirect(users[0], users[1]), AddGroup(users),
                                                     AddGroup(users)};
  std::vector<std::pair<Appended, ConversationId>> sent;
  for (int i = 0; i < 12; ++i) {
    const ConversationId conversation = conversations[i % 3];
    const std::string text = "text " + std::to_string(i);
    const auto appended = Append({.conversation_id = conversation,
                                  .sender_id = users[0],
                                  .client_msg_id = text,
                                  .text = text,
                                  .reply_to_seq = {},
                                  .origin = {}});
    ASSERT_TRUE(appended.has_value());
    sent.emplace_back(*appended, conversation);
    if (i % 2 == 0) clock().Advance(std::chrono::hours(1));
  }

  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto trace = Trace(sent[i].first.message_id);
    ASSERT_TRUE(trace.has_value()) << i;
    EXPECT_EQ(trace->entry.seq, sent[i].first.seq);
    EXPECT_EQ(trace->entry.text, "text " + std::to_string(i));
    EXPECT_EQ(trace->conversation.conversation_id, sent[i].second);
    ASSERT_TRUE(trace->sender.has_value());
    EXPECT_EQ(trace->sender->username, "user0");
  }
  EXPECT_EQ(ErrorOf(Trace(MessageId(42))), ViewError::kNotFound);
  EXPECT_EQ(ErrorOf(Trace(MessageId(sent.back().first.message_id.number() + 1))),
            ViewError::kNotFound);
}

TEST_P(AdministrationContract, SaysWhomAMessageConcernsAndWhoHasReadIt) {
  const auto users = AddUsers(4);
  const ConversationId group = AddGroup(users);
  RemoveMember(group, users[3]);
  const auto first = Append({.conversation_id = group,
                             .sender_id = users[0],
                             .client_msg_id = "1",
                             .text = "first",
                             .reply_to_seq = {},
                             .origin = {}});
  ASSERT_TRUE(first.has_value());
  Send(group, users[1], "sending reads");

  const auto trace = Trace(first->message_id);

  ASSERT_TRUE(trace.has_value());
  ASSERT_EQ(trace->members.size(), 3u) << "the one who had left before is left out";
  std::vector<UserId> readers;
  for (const TracedMember& member : trace->members) {
    if (member.read_seq >= first->seq) readers.push_back(member.user.user_id);
    EXPECT_FALSE(member.left_seq.has_value());
  }
  EXPECT_EQ(readers, (std::vector{users[0], users[1]}));
  EXPECT_EQ(Trace(first->message_id, 2)->members.size(), 2u);
}

TEST_P(AdministrationContract, KnowsTheConversationsThatAUserIsInAndThoseTheyLeft) {
  const auto users = AddUsers(3);
  const ConversationId left = AddGroup({users[0], users[1]});
  const ConversationId direct = AddDirect(users[0], users[1]);
  AddGroup({users[1], users[2]});
  const ConversationId group = AddGroup(users);
  RemoveMember(left, users[0]);

  EXPECT_EQ(ConversationsEver(users[0]), (std::vector{left, direct, group}));
  EXPECT_TRUE(ConversationsEver(UserId(42)).empty());
}

}  // namespace
}  // namespace chat::contracts
