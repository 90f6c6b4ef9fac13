// What each domain value looks like on the wire; the words themselves are the contract with
// clients.
#include "server/core/wire.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "protocol/ids.h"
#include "protocol/timestamp.h"

namespace chat {
namespace {

using std::chrono::milliseconds;

constexpr UnixTime kNoon = std::chrono::sys_days(std::chrono::November / 22 / 2026) +
                           std::chrono::hours(12) + milliseconds(125);

User Alice() {
  return {.user_id = UserId(7), .username = "alice", .display_name = "Alice", .created_at = kNoon};
}

Account AliceAccount() {
  return {.user = Alice(), .email = "a@example.org", .password_hash = "$argon2id$secret"};
}

Conversation DirectConversation() {
  Conversation conversation;
  conversation.conversation_id = ConversationId(5);
  conversation.members_count = 2;
  conversation.last_seq = Seq(3);
  conversation.last_change = Change(1);
  conversation.created_at = kNoon;
  return conversation;
}

Entry TextEntry() {
  Entry entry;
  entry.conversation_id = ConversationId(5);
  entry.seq = Seq(3);
  entry.message_id = MessageId(11);
  entry.sender_id = UserId(7);
  entry.client_msg_id = "c-1";
  entry.text = "hello";
  entry.created_at = kNoon;
  return entry;
}

TEST(WireTest, UsesTheWordsOfTheContract) {
  EXPECT_EQ(ToWire(EntryKind::kText), "text");
  EXPECT_EQ(ToWire(EntryKind::kCreated), "created");
  EXPECT_EQ(ToWire(EntryKind::kRenamed), "renamed");
  EXPECT_EQ(ToWire(EntryKind::kMemberAdded), "member_added");
  EXPECT_EQ(ToWire(EntryKind::kMemberRemoved), "member_removed");
  EXPECT_EQ(ToWire(EntryKind::kRoleChanged), "role_changed");
  EXPECT_EQ(ToWire(ConversationKind::kDirect), "direct");
  EXPECT_EQ(ToWire(ConversationKind::kGroup), "group");
  EXPECT_EQ(ToWire(Role::kOwner), "owner");
  EXPECT_EQ(ToWire(Role::kAdmin), "admin");
  EXPECT_EQ(ToWire(Role::kMember), "member");
  EXPECT_EQ(ToWire(ContactState::kContact), "contact");
  EXPECT_EQ(ToWire(ContactState::kRequested), "requested");
  EXPECT_EQ(ToWire(ContactState::kRequesting), "requesting");
}

TEST(WireTest, ShowsTheEmailOnlyToItsOwner) {
  const v1::User others = ToWire(Alice());
  const v1::User own = ToWire(AliceAccount());

  EXPECT_FALSE(others.has_email());
  EXPECT_EQ(own.email(), "a@example.org");
  EXPECT_EQ(others.user_id(), 7);
  EXPECT_EQ(others.username(), "alice");
  EXPECT_EQ(others.display_name(), "Alice");
  EXPECT_EQ(FromProtoTimestamp(others.created_at()), kNoon);
}

TEST(WireTest, NeverCarriesThePasswordHash) {
  EXPECT_EQ(ToWire(AliceAccount()).SerializeAsString().find("argon2id"), std::string::npos);
}

TEST(WireTest, OmitsLastSeenOfAContactWhoIsOnline) {
  const Contact contact{.user = Alice(), .state = ContactState::kContact, .last_seen_at = kNoon};

  const v1::Contact online = ToWire(contact, OnlineState::kOnline);
  const v1::Contact offline = ToWire(contact, OnlineState::kOffline);

  EXPECT_TRUE(online.online());
  EXPECT_FALSE(online.has_last_seen_at());
  EXPECT_FALSE(offline.online());
  EXPECT_EQ(FromProtoTimestamp(offline.last_seen_at()), kNoon);
}

TEST(WireTest, OmitsLastSeenOfPresenceWhileOnlineAndWhenNeverSeen) {
  const LastSeen seen{.user_id = UserId(7), .last_seen_at = kNoon};
  const LastSeen never{.user_id = UserId(8), .last_seen_at = std::nullopt};

  EXPECT_FALSE(ToWire(seen, OnlineState::kOnline).has_last_seen_at());
  EXPECT_TRUE(ToWire(seen, OnlineState::kOffline).has_last_seen_at());
  EXPECT_FALSE(ToWire(never, OnlineState::kOffline).has_last_seen_at());
}

TEST(WireTest, LeavesUnsetWhatATextEntryDoesNotHave) {
  const v1::Message wire = ToWire(TextEntry());

  EXPECT_EQ(wire.conversation_id(), 5);
  EXPECT_EQ(wire.seq(), 3);
  EXPECT_EQ(wire.message_id(), 11);
  EXPECT_EQ(wire.kind(), "text");
  EXPECT_EQ(wire.sender_id(), 7);
  EXPECT_EQ(wire.client_msg_id(), "c-1");
  EXPECT_EQ(wire.text(), "hello");
  EXPECT_EQ(FromProtoTimestamp(wire.created_at()), kNoon);
  EXPECT_FALSE(wire.deleted());
  EXPECT_FALSE(wire.has_edited_at());
  EXPECT_FALSE(wire.has_reply_to_seq());
  EXPECT_FALSE(wire.has_subject_user_id());
  EXPECT_FALSE(wire.has_name());
  EXPECT_FALSE(wire.has_role());
  EXPECT_FALSE(wire.has_change());
}

TEST(WireTest, CarriesEveryOptionalPartOfAnEntry) {
  Entry entry = TextEntry();
  entry.edited_at = kNoon + milliseconds(1);
  entry.deleted = true;
  entry.reply_to_seq = Seq(2);
  entry.subject_user_id = UserId(9);
  entry.name = "team";
  entry.role = "admin";
  entry.change = Change(4);

  const v1::Message wire = ToWire(std::move(entry));

  EXPECT_EQ(FromProtoTimestamp(wire.edited_at()), kNoon + milliseconds(1));
  EXPECT_TRUE(wire.deleted());
  EXPECT_EQ(wire.reply_to_seq(), 2);
  EXPECT_EQ(wire.subject_user_id(), 9);
  EXPECT_EQ(wire.name(), "team");
  EXPECT_EQ(wire.role(), "admin");
  EXPECT_EQ(wire.change(), 4);
}

TEST(WireTest, KeepsTheReadersPartOutOfFrames) {
  const v1::Conversation wire = ToWire(DirectConversation(), Alice());

  EXPECT_EQ(wire.conversation_id(), 5);
  EXPECT_EQ(wire.kind(), "direct");
  EXPECT_EQ(wire.name(), "");
  EXPECT_EQ(wire.peer().username(), "alice");
  EXPECT_EQ(wire.members_count(), 2u);
  EXPECT_EQ(wire.last_seq(), 3);
  EXPECT_EQ(wire.last_change(), 1);
  EXPECT_EQ(FromProtoTimestamp(wire.created_at()), kNoon);
  EXPECT_FALSE(wire.has_my_role());
  EXPECT_FALSE(wire.has_my_read_seq());
  EXPECT_FALSE(wire.has_unread_count());
  EXPECT_FALSE(wire.has_archived());
}

TEST(WireTest, ShowsTheReaderTheirOwnPart) {
  ConversationView view;
  view.conversation = DirectConversation();
  view.peer = Alice();
  view.my_read_seq = Seq(2);
  view.unread_count = 1;
  view.last_message = TextEntry();

  const v1::Conversation wire = ToWire(view);

  EXPECT_EQ(wire.conversation_id(), 5);
  EXPECT_EQ(wire.my_role(), "member");
  EXPECT_EQ(wire.my_read_seq(), 2);
  EXPECT_EQ(wire.unread_count(), 1u);
  EXPECT_EQ(wire.last_message().text(), "hello");
  EXPECT_TRUE(wire.has_archived());
  EXPECT_FALSE(wire.archived());
  EXPECT_FALSE(wire.has_muted_until());
}

TEST(WireTest, AConversationWithoutPeerOrMessageSaysNothingOfThem) {
  const v1::Conversation wire = ToWire(ConversationView{});

  EXPECT_FALSE(wire.has_peer());
  EXPECT_FALSE(wire.has_last_message());
}

}  // namespace
}  // namespace chat
