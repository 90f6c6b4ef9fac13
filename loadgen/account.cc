#include "loadgen/account.h"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "protocol/chat.pb.h"
#include "protocol/json.h"

namespace chat::loadgen {
namespace {

constexpr const char* kPassword = "correct horse battery staple";

template <typename Body>
std::expected<Body, std::string> Parse(const std::expected<std::string, std::string>& answer) {
  if (!answer) return std::unexpected(answer.error());
  Body body;
  if (const auto parsed = ParseJson(*answer, body); !parsed) {
    return std::unexpected("the answer is no " + std::string(body.GetTypeName()) + ": " + *answer);
  }
  return body;
}

v1::RegisterRequest Registration(const std::string& username) {
  v1::RegisterRequest request;
  request.set_username(username);
  request.set_email(username + "@example.org");
  request.set_password(kPassword);
  return request;
}

v1::LoginRequest Login(const std::string& username) {
  v1::LoginRequest request;
  request.set_username(username);
  request.set_password(kPassword);
  request.set_device_name("load");
  return request;
}

}  // namespace

std::expected<std::string, std::string> Account::Post(std::string target, std::string body) const {
  const HttpRequest request{.method = "POST",
                            .target = std::move(target),
                            .body = std::move(body),
                            .access_token = access_token_};
  auto answer = caller_.Do(request);
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (answer->status / 100 != 2) {
    return std::unexpected("POST " + request.target + " is answered " +
                           std::to_string(answer->status) + ' ' + answer->body);
  }
  return std::move(answer->body);
}

std::expected<Account, std::string> Account::Create(const sockaddr_in& server,
                                                    const std::string& username) {
  Account account(server);
  const auto registered = account.Post("/v1/auth/register", ToJson(Registration(username)));
  if (!registered) return std::unexpected(registered.error());
  const auto login =
      Parse<v1::LoginResponse>(account.Post("/v1/auth/login", ToJson(Login(username))));
  if (!login) return std::unexpected(login.error());
  account.user_ = UserId(login->user().user_id());
  account.access_token_ = login->access_token();
  return account;
}

std::expected<void, std::string> Account::Befriend(const Account& other) const {
  v1::AddContactRequest request;
  request.set_user_id(other.user().number());
  const auto asked = Post("/v1/contacts", ToJson(request));
  if (!asked) return std::unexpected(asked.error());
  const auto accepted = other.Post("/v1/contacts/" + user_.ToString() + "/accept", "");
  if (!accepted) return std::unexpected(accepted.error());
  return {};
}

std::expected<ConversationId, std::string> Account::OpenChatWith(const Account& other) const {
  v1::CreateConversationRequest request;
  request.set_kind("direct");
  request.set_user_id(other.user().number());
  const auto opened = Parse<v1::ConversationResponse>(Post("/v1/conversations", ToJson(request)));
  if (!opened) return std::unexpected(opened.error());
  return ConversationId(opened->conversation().conversation_id());
}

std::string MakeRunName() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return "load" +
         std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) + '.' +
         std::to_string(::getpid()) + '.';
}

}  // namespace chat::loadgen
