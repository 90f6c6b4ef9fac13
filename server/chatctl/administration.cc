#include "server/chatctl/administration.h"

#include <cstdio>
#include <utility>

#include "protocol/chat.pb.h"
#include "protocol/json.h"
#include "server/chatctl/pages.h"
#include "server/chatctl/password.h"
#include "server/chatctl/rows.h"
#include "server/http/admin/admin.pb.h"
#include "server/http/admin/admin_client.h"
#include "server/http/request.h"

namespace chat::chatctl {
namespace {

using http::Method;

void Print(const v1::User& user) {
  PrintRow("user_id", std::to_string(user.user_id()));
  PrintRow("username", user.username());
  PrintRow("display_name", user.display_name());
  if (user.has_email()) PrintRow("email", user.email());
  PrintRow("created_at", ShowTime(user.created_at()));
}

void Print(const admin::v1::AccountResponse& account) {
  Print(account.user());
  PrintRow("state", account.disabled() ? "disabled" : "enabled");
}

Outcome<void> AskForAccount(const AdminConnection& server, Method method,
                            const std::string& target) {
  admin::v1::AccountResponse account;
  if (auto asked = server.AskFor(account, method, target); !asked) return asked;
  Print(account);
  return {};
}

Outcome<void> Do(const AdminConnection& server, Method method, const std::string& target) {
  const auto answer = server.Ask(method, target);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Outcome<std::string> GetPassword(PasswordSource source) {
  if (source == PasswordSource::kGenerated) return MakePassword();
  return ReadPassword();
}

// Only here is it ever shown.
void PrintIfGenerated(PasswordSource source, const std::string& password) {
  if (source == PasswordSource::kGenerated) PrintRow("password", password);
}

}  // namespace

Outcome<void> CreateUser(const AdminConnection& server, const NewUser& user) {
  const auto password = GetPassword(user.password);
  if (!password) return std::unexpected(password.error());
  v1::RegisterRequest request;
  request.set_username(user.username);
  request.set_email(user.email);
  request.set_password(*password);
  v1::RegisterResponse answer;
  if (auto asked = server.AskFor(answer, Method::kPost, "/admin/users", ToJson(request)); !asked) {
    return asked;
  }
  Print(answer.user());
  PrintIfGenerated(user.password, *password);
  return {};
}

Outcome<void> ShowUser(const AdminConnection& server, const std::string& user) {
  return AskForAccount(server, Method::kGet, UserPath(user));
}

Outcome<void> DisableUser(const AdminConnection& server, const std::string& user) {
  return AskForAccount(server, Method::kPost, UserPath(user, "/disable"));
}

Outcome<void> EnableUser(const AdminConnection& server, const std::string& user) {
  return AskForAccount(server, Method::kPost, UserPath(user, "/enable"));
}

Outcome<void> ResetPassword(const AdminConnection& server, const std::string& user,
                            PasswordSource source) {
  const auto password = GetPassword(source);
  if (!password) return std::unexpected(password.error());
  admin::v1::ResetPasswordRequest request;
  request.set_password(*password);
  admin::v1::AccountResponse account;
  if (auto asked =
          server.AskFor(account, Method::kPost, UserPath(user, "/password"), ToJson(request));
      !asked) {
    return asked;
  }
  Print(account);
  PrintIfGenerated(source, *password);
  return {};
}

Outcome<void> EraseUser(const AdminConnection& server, const std::string& user) {
  return Do(server, Method::kDelete, UserPath(user));
}

Outcome<void> ListSessions(const AdminConnection& server, const std::string& user) {
  const auto print = [](const v1::ListSessionsResponse& page) {
    for (const v1::Session& session : page.sessions()) {
      std::printf("%-20s %-25s %-25s %s\n", std::to_string(session.session_id()).c_str(),
                  ShowTime(session.created_at()).c_str(), ShowTime(session.last_used_at()).c_str(),
                  session.device_name().c_str());
    }
  };
  std::printf("%-20s %-25s %-25s %s\n", "session_id", "created_at", "last_used_at", "device_name");
  return ForEachPage<v1::ListSessionsResponse>(server, UserPath(user, "/sessions"), print);
}

Outcome<void> RevokeSession(const AdminConnection& server, const std::string& user,
                            const std::string& session) {
  return Do(server, Method::kDelete, UserPath(user, "/sessions/" + http::EscapeForTarget(session)));
}

Outcome<void> RevokeAllSessions(const AdminConnection& server, const std::string& user) {
  return Do(server, Method::kDelete, UserPath(user, "/sessions"));
}

Outcome<void> RotateKeys(const AdminConnection& server) {
  admin::v1::RotateKeysResponse answer;
  if (auto asked = server.AskFor(answer, Method::kPost, "/admin/keys/rotate"); !asked) return asked;
  PrintRow("key_id", std::to_string(answer.key_id()));
  return {};
}

Outcome<void> Drain(const AdminConnection& server) { return Do(server, Method::kPost, "/drain"); }

}  // namespace chat::chatctl
