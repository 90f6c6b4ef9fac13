#include "server/http/api/api_fixture.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "protocol/chat.pb.h"
#include "protocol/json.h"
#include "server/ports/messages.h"
#include "server/ports/search_index.h"

namespace chat::http {
namespace {

constexpr std::chrono::seconds kDeadline(30);
// The least that Argon2id takes: these tests are not about the cost.
constexpr auth::HashCost kCheapHash{.passes = 1, .memory_bytes = 8192};

std::string PasswordOf(std::string_view username) { return "password-of-" + std::string(username); }

asio::awaitable<void> Answer(const Handler& handler, Request request,
                             std::optional<Response>& response) {
  response = co_await handler(std::move(request));
}

std::filesystem::path NewFolder() {
  const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) /
                                       (std::string(test->test_suite_name()) + "." + test->name());
  std::filesystem::remove_all(folder);
  return folder;
}

}  // namespace

void ApiFixture::LoopExecutor::Post(Task task) {
  asio::post(loop_, [task = std::move(task)]() mutable { task(); });
}

ApiFixture::ApiFixture(std::optional<Rates> rates)
    : data_dir_(NewFolder()),
      rate_limits_(rates, [this] { return now_; }),
      database_(OpenDatabase()),
      hasher_([this](Task task) { return pool_.Submit(std::move(task)); }, kCheapHash) {
  api_.AddRoutes(router_);
}

ApiFixture::~ApiFixture() {
  database_->Stop();
  std::filesystem::remove_all(data_dir_);
}

std::unique_ptr<sqlite::Database> ApiFixture::OpenDatabase() {
  auto database = sqlite::Database::Open(
      {.data_dir = data_dir_, .writer = {}, .readers = {}, .reader_threads = 1},
      {.clock = clock_, .bus = bus_});
  if (!database) std::abort();
  return *std::move(database);
}

ApiPorts ApiFixture::Ports() {
  return {.home = home_,
          .accounts = accounts_,
          .sessions = sessions_,
          .contacts = contacts_,
          .blocks = blocks_,
          .conversations = conversations_,
          .groups = groups_,
          .messages = messages_,
          .marks = marks_,
          .updates = updates_,
          .message_changes = message_changes_,
          .search = search_,
          .presence_records = presence_records_,
          .rate_limits = rate_limits_,
          .authenticator = authenticator_,
          .issuer = issuer_,
          .hasher = hasher_,
          .is_online = [this](UserId user) { return online_.contains(user); }};
}

void ApiFixture::RunUntil(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (!done()) {
    if (loop_.run_one_until(deadline) == 0) {
      ADD_FAILURE() << "nothing came within the deadline";
      return;
    }
  }
}

Response ApiFixture::Send(Call call) {
  const auto match = router_.Find(call.method, call.path);
  if (!match) {
    ADD_FAILURE() << "no route for " << call.path;
    return {};
  }
  RequestParts parts{.method = call.method,
                     .path = std::move(call.path),
                     .captures = match->captures,
                     .query = std::move(call.query),
                     .headers = {{"content-type", "application/json"}},
                     .body = std::move(call.body),
                     .client_address = std::move(call.client_address)};
  if (!call.access_token.empty()) {
    parts.headers.push_back({"authorization", "Bearer " + call.access_token});
  }
  std::optional<Response> response;
  tasks_.Spawn(Answer(match->route->handler, Request(std::move(parts)), response));
  RunUntil([&] { return tasks_.size() == 0; });
  return std::move(response).value_or(Response());
}

Response ApiFixture::Get(const Person& who, std::string path, std::vector<Field> query) {
  return Send({.method = Method::kGet,
               .path = std::move(path),
               .query = std::move(query),
               .access_token = who.access_token});
}

Response ApiFixture::Post(const Person& who, std::string path, std::string body) {
  return Send({.method = Method::kPost,
               .path = std::move(path),
               .body = std::move(body),
               .access_token = who.access_token});
}

Response ApiFixture::Patch(const Person& who, std::string path, std::string body) {
  return Send({.method = Method::kPatch,
               .path = std::move(path),
               .body = std::move(body),
               .access_token = who.access_token});
}

Response ApiFixture::Put(const Person& who, std::string path, std::string body) {
  return Send({.method = Method::kPut,
               .path = std::move(path),
               .body = std::move(body),
               .access_token = who.access_token});
}

Response ApiFixture::Delete(const Person& who, std::string path, std::vector<Field> query) {
  return Send({.method = Method::kDelete,
               .path = std::move(path),
               .query = std::move(query),
               .access_token = who.access_token});
}

Response ApiFixture::LogIn(std::string_view username, std::string_view password) {
  v1::LoginRequest body;
  body.set_username(std::string(username));
  body.set_password(std::string(password));
  return Send({.method = Method::kPost, .path = "/v1/auth/login", .body = ToJson(body)});
}

Person ApiFixture::Join(std::string username) {
  v1::RegisterRequest body;
  body.set_username(username);
  body.set_email(username + "@example.org");
  body.set_password(PasswordOf(username));
  const Response registered =
      Send({.method = Method::kPost, .path = "/v1/auth/register", .body = ToJson(body)});
  EXPECT_EQ(registered.status, Status::kCreated) << registered.body;
  return JoinAgain({.username = std::move(username)});
}

Person ApiFixture::JoinAgain(const Person& who) {
  const auto login = Read<v1::LoginResponse>(LogIn(who.username, PasswordOf(who.username)));
  return {.user_id = UserId(login.user().user_id()),
          .username = who.username,
          .session_id = SessionId(login.session_id()),
          .access_token = login.access_token(),
          .refresh_token = login.refresh_token()};
}

void ApiFixture::Befriend(const Person& one, const Person& other) {
  EXPECT_EQ(Post(one, "/v1/contacts", R"({"username":")" + other.username + "\"}").status,
            Status::kCreated);
  EXPECT_EQ(Post(other, "/v1/contacts/" + one.user_id.ToString() + "/accept").status, Status::kOk);
}

ConversationId ApiFixture::OpenDirect(const Person& opener, const Person& peer) {
  const Response response =
      Post(opener, "/v1/conversations",
           R"({"kind":"direct","user_id":")" + peer.user_id.ToString() + "\"}");
  return ConversationId(Read<v1::ConversationResponse>(response).conversation().conversation_id());
}

void ApiFixture::Say(const Person& sender, ConversationId conversation, std::string text) {
  static int sent = 0;
  std::optional<Result<Appended, AppendError>> answer;
  messages_.Append({.conversation_id = conversation,
                    .sender_id = sender.user_id,
                    .client_msg_id = "message-" + std::to_string(++sent),
                    .text = std::move(text),
                    .reply_to_seq = {},
                    .origin = {}},
                   [&](auto appended) { answer = appended; });
  RunUntil([&] { return answer.has_value(); });
  EXPECT_TRUE(answer && answer->has_value());
}

void ApiFixture::Advance(const Person& reader, ConversationId conversation, Seq read_seq) {
  std::optional<Result<std::vector<MarksMoved>, ReadError>> answer;
  marks_.Advance({{.conversation_id = conversation,
                   .user_id = reader.user_id,
                   .delivered_seq = {},
                   .read_seq = read_seq}},
                 [&](auto moved) { answer = std::move(moved); });
  RunUntil([&] { return answer.has_value(); });
  EXPECT_TRUE(answer && answer->has_value());
}

void ApiFixture::Index(ConversationId conversation) {
  std::optional<Result<IndexedBatch, ReadError>> answer;
  search_index_.Update({conversation}, [&](auto indexed) { answer = std::move(indexed); });
  RunUntil([&] { return answer.has_value(); });
  EXPECT_TRUE(answer && answer->has_value() && (*answer)->behind.empty());
}

void ReadInto(const Response& response, google::protobuf::Message& message) {
  EXPECT_TRUE(response.status == Status::kOk || response.status == Status::kCreated);
  EXPECT_EQ(response.content_type, "application/json");
  const auto parsed = ParseJson(response.body, message);
  EXPECT_TRUE(parsed.has_value()) << response.body;
}

std::string CodeOf(const Response& response) {
  v1::Problem problem;
  if (response.content_type != "application/problem+json") return "no problem: " + response.body;
  if (!ParseJson(response.body, problem)) return "malformed problem: " + response.body;
  EXPECT_EQ(problem.status(), static_cast<unsigned>(response.status));
  return problem.code();
}

std::optional<std::string> HeaderOf(const Response& response, std::string_view name) {
  for (const Field& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return std::nullopt;
}

}  // namespace chat::http
