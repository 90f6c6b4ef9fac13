#include "tests/contracts/store_contract.h"

#include <chrono>

namespace chat::contracts {

// What `holds` asks is answered by the store, so this spins no faster than the store works.
bool StoreContract::Eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

UserId StoreContract::AddUser(const std::string& name) {
  const auto user = Await<User, RegisterError>([&](auto done) {
    store().accounts().Register(
        {.username = name, .email = name + "@example.org", .password_hash = "hash of " + name},
        std::move(done));
  });
  EXPECT_TRUE(user.has_value()) << "cannot register " << name;
  return user ? user->user_id : UserId();
}

std::vector<UserId> StoreContract::AddUsers(int count) {
  std::vector<UserId> users;
  for (int i = 0; i < count; ++i) users.push_back(AddUser("user" + std::to_string(i)));
  return users;
}

void StoreContract::MakeContacts(UserId one, UserId other) {
  const auto request = [&](UserId requester, UserId target) {
    const auto contact = Await<Contact, ContactError>(
        [&](auto done) { store().contacts().Request(requester, target, std::move(done)); });
    EXPECT_TRUE(contact.has_value());
  };
  request(one, other);
  request(other, one);
}

ConversationId StoreContract::AddDirect(UserId one, UserId other) {
  MakeContacts(one, other);
  const auto opened = Await<OpenedConversation, OpenConversationError>(
      [&](auto done) { store().conversations().OpenDirect(one, other, std::move(done)); });
  EXPECT_TRUE(opened.has_value());
  return opened ? opened->view.conversation.conversation_id : ConversationId();
}

ConversationId StoreContract::AddGroup(std::vector<UserId> members) {
  const auto group = Await<ConversationId, ReadError>(
      [&](auto done) { store().AddGroup(members, std::move(done)); });
  EXPECT_TRUE(group.has_value());
  return group ? *group : ConversationId();
}

void StoreContract::RemoveMember(ConversationId conversation, UserId member) {
  const auto removed = Await<void, ReadError>(
      [&](auto done) { store().RemoveMember(conversation, member, std::move(done)); });
  EXPECT_TRUE(removed.has_value());
}

Result<Appended, AppendError> StoreContract::Append(NewMessage message) {
  return Await<Appended, AppendError>(
      [&](auto done) { store().messages().Append(message, std::move(done)); });
}

Seq StoreContract::Send(ConversationId conversation, UserId sender, const std::string& text) {
  const auto appended = Append({.conversation_id = conversation,
                                .sender_id = sender,
                                .client_msg_id = text,
                                .text = text,
                                .reply_to_seq = {},
                                .origin = {}});
  EXPECT_TRUE(appended.has_value()) << "not stored: " << text;
  return appended ? appended->seq : Seq();
}

}  // namespace chat::contracts
