#include "server/postgres/two_nodes.h"

#include <chrono>
#include <pqxx/pqxx>
#include <thread>

namespace chat::postgres {
namespace {

std::unique_ptr<Database> OpenNode(const std::string& url, Bus& bus) {
  auto opened = Database::Open({.address = url,
                                .node_name = "a node",
                                .durability = Durability::kUnchecked,
                                .writer_threads = 8,
                                // A slow machine is no reason to fail.
                                .deadline = std::chrono::seconds(20)},
                               {.bus = bus});
  EXPECT_TRUE(opened.has_value()) << opened.error().detail;
  return opened ? *std::move(opened) : nullptr;
}

}  // namespace

void TwoNodesTest::SetUp() {
  std::unique_ptr<Database> databases[2];
  std::thread other([&] { databases[1] = OpenNode(fresh_.url(), buses_[1]); });
  databases[0] = OpenNode(fresh_.url(), buses_[0]);
  other.join();
  for (int i = 0; i < 2; ++i) {
    ASSERT_NE(databases[i], nullptr);
    nodes_[i] = std::make_unique<NodePorts>(std::move(databases[i]), executor_, buses_[i]);
  }
}

UserId TwoNodesTest::AddUser(const std::string& name) {
  const auto user = Await<User, RegisterError>([&](auto done) {
    node(0).accounts.Register({.username = name, .email = name, .password_hash = ""},
                              std::move(done));
  });
  EXPECT_TRUE(user.has_value()) << "cannot register " << name;
  return user ? user->user_id : UserId();
}

std::vector<UserId> TwoNodesTest::AddUsers(int count) {
  std::vector<UserId> users;
  for (int i = 0; i < count; ++i) users.push_back(AddUser("user" + std::to_string(i)));
  return users;
}

void TwoNodesTest::MakeContacts(UserId one, UserId other) {
  for (const auto& [from, to] : {std::pair(one, other), std::pair(other, one)}) {
    const auto contact = Await<Contact, ContactError>(
        [&](auto done) { node(0).contacts.Request(from, to, std::move(done)); });
    EXPECT_TRUE(contact.has_value());
  }
}

ConversationId TwoNodesTest::AddDirect(UserId one, UserId other) {
  MakeContacts(one, other);
  const auto opened = Await<OpenedConversation, OpenConversationError>(
      [&](auto done) { node(0).conversations.OpenDirect(one, other, std::move(done)); });
  EXPECT_TRUE(opened.has_value());
  return opened ? opened->view.conversation.conversation_id : ConversationId();
}

std::int64_t TwoNodesTest::QueryNumber(const std::string& sql) {
  pqxx::connection connection(fresh_.url());
  pqxx::nontransaction work(connection);
  return work.query_value<std::int64_t>(sql);
}

}  // namespace chat::postgres
