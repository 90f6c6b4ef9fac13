// A running server as the commands ask it: where it is and what it wants to be shown, found out as
// the server found it out, and answers or one sentence why there is none.
#pragma once

#include <google/protobuf/message.h>

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "server/http/admin/admin_client.h"
#include "server/http/request.h"

namespace chat::chatctl {

// The flags of the server that chatctl takes too; what is empty is left to the environment and to
// .env.
struct AdminFlags {
  std::string admin_listen;
  std::string data_dir;
  std::string admin_token_file;
};

template <typename T>
using Outcome = std::expected<T, std::string>;

// Thread: one. Lifetime: any.
class AdminConnection {
 public:
  // Asks nothing yet. `directory` is the caller's.
  //
  // Errors: one sentence, when the settings are wrong or the token cannot be read.
  static Outcome<AdminConnection> Find(const AdminFlags& flags,
                                       const std::filesystem::path& directory);

  // The body of a good answer.
  //
  // Errors: one sentence: no answer, or the code and detail of the refusal.
  Outcome<std::string> Ask(http::Method method, std::string_view target,
                           std::string body = {}) const;

  // As Ask, with an answer to read.
  Outcome<void> AskFor(google::protobuf::Message& answer, http::Method method,
                       std::string_view target, std::string body = {}) const;

 private:
  explicit AdminConnection(http::AdminClient client) : client_(std::move(client)) {}

  http::AdminClient client_;
};

// The path of what belongs to a user: a username, an e-mail address or id:<user_id>.
std::string UserPath(std::string_view user, std::string_view rest = "");

}  // namespace chat::chatctl
