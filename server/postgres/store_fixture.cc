#include "server/postgres/store_fixture.h"

#include <stdexcept>

namespace chat::postgres {
namespace {

DatabaseOptions OptionsFor(const std::string& url, const std::string& name) {
  DatabaseOptions options;
  options.address = url;
  options.node_name = name;
  return options;
}

}  // namespace

TestNode::TestNode(const std::string& url, const std::string& name)
    : TestNode(OptionsFor(url, name)) {}

TestNode::TestNode(DatabaseOptions options) {
  auto opened = Database::Open(std::move(options), {.bus = bus_});
  if (!opened) throw std::runtime_error(opened.error().detail);
  database_ = *std::move(opened);
}

TestNode::~TestNode() { database_.reset(); }

AppendResult TestNode::Append(NewMessage message) {
  return Await<Appended, AppendError>(
      [&](auto done) { database_->Append(executor_, std::move(message), std::move(done)); });
}

std::shared_ptr<std::optional<AppendResult>> TestNode::StartAppend(NewMessage message) {
  auto answer = std::make_shared<std::optional<AppendResult>>();
  ++waiting_;
  database_->Append(executor_, std::move(message), [this, answer](AppendResult result) {
    answer->emplace(std::move(result));
    --waiting_;
  });
  return answer;
}

void TestNode::Finish() {
  EXPECT_TRUE(executor_.RunUntil([this] { return waiting_ == 0; })) << "no answer came";
}

void StoreFixture::SetUp() {
  server_ = std::make_unique<chat::testing::PostgresServer>(
      chat::testing::PostgresOptions{.settings = {"max_connections=60"}, .listens_on_tcp = true});
}

void StoreFixture::AddGroup(ConversationId conversation, int members) {
  const std::string id = conversation.ToString();
  const std::string count = std::to_string(members);
  server().Execute(
      "INSERT INTO users (user_id, username, display_name, created_at) SELECT n, 'u' "
      "|| n, '', 0 FROM generate_series(1, " +
      count + ") n ON CONFLICT DO NOTHING");
  server().Execute(
      "INSERT INTO conversations (conversation_id, kind, created_at, members_count, "
      "last_activity) VALUES (" +
      id + ", 'group', 0, " + count + ", 0)");
  server().Execute(
      "INSERT INTO conversation_members (conversation_id, user_id, role, joined_seq) "
      "SELECT " +
      id + ", n, 'member', 0 FROM generate_series(1, " + count + ") n");
}

std::vector<std::string> StoreFixture::StoredTexts(ConversationId conversation) {
  std::vector<std::string> texts;
  for (const pqxx::row& row : server().Execute(
           "SELECT seq, text FROM messages WHERE conversation_id = " + conversation.ToString() +
           " ORDER BY seq")) {
    texts.push_back(row[1].as<std::string>());
    EXPECT_EQ(row[0].as<std::size_t>(), texts.size());
  }
  return texts;
}

}  // namespace chat::postgres
