#include "server/chatctl/admin_connection.h"

#include <optional>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/json.h"
#include "server/auth/admin_token.h"
#include "server/config/config.h"

namespace chat::chatctl {
namespace {

// The first argument stands for the program.
std::vector<std::string> Arguments(const AdminFlags& flags) {
  std::vector<std::string> arguments = {"chatctl"};
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) arguments.push_back(std::string(name) + "=" + value);
  };
  add("--admin-listen", flags.admin_listen);
  add("--data-dir", flags.data_dir);
  add("--admin-token-file", flags.admin_token_file);
  return arguments;
}

Outcome<config::Config> ReadConfig(const AdminFlags& flags,
                                   const std::filesystem::path& directory) {
  const std::vector<std::string> arguments = Arguments(flags);
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  auto config = config::ParseConfig(static_cast<int>(argv.size()), argv.data(), directory);
  if (!config) return std::unexpected(std::move(config.error().text));
  return *std::move(config);
}

std::string Explain(const http::AdminAnswer& answer) {
  v1::Problem problem;
  if (!ParseJson(answer.body, problem) || problem.code().empty()) {
    return "the server answered with status " + std::to_string(answer.status);
  }
  return problem.code() + ": " + problem.detail();
}

}  // namespace

Outcome<AdminConnection> AdminConnection::Find(const AdminFlags& flags,
                                               const std::filesystem::path& directory) {
  const auto config = ReadConfig(flags, directory);
  if (!config) return std::unexpected(config.error());
  if (!config->admin_listen || config->admin_listen->port == 0) {
    return std::unexpected("give the server's --admin-listen with its port");
  }
  const std::filesystem::path file =
      config->admin_token_file.value_or(config->data_dir / auth::kAdminTokenFile);
  const auto token = auth::ReadAdminToken(file);
  if (!token) {
    return std::unexpected(token.error() + "; give the server's --data-dir or --admin-token-file");
  }
  return AdminConnection(
      http::AdminClient({.host = config->admin_listen->host, .port = config->admin_listen->port},
                        token->secret_text()));
}

Outcome<std::string> AdminConnection::Ask(http::Method method, std::string_view target,
                                          std::string body) const {
  auto answer = client_.Do(method, target, std::move(body));
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (answer->status >= 300) return std::unexpected(Explain(*answer));
  return std::move(answer->body);
}

Outcome<void> AdminConnection::AskFor(google::protobuf::Message& answer, http::Method method,
                                      std::string_view target, std::string body) const {
  const auto text = Ask(method, target, std::move(body));
  if (!text) return std::unexpected(text.error());
  if (!ParseJson(*text, answer)) {
    return std::unexpected("the server's answer cannot be read; is it of another version?");
  }
  return {};
}

std::string UserPath(std::string_view user, std::string_view rest) {
  return "/admin/users/" + http::EscapeForTarget(user) + std::string(rest);
}

}  // namespace chat::chatctl
