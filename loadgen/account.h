// A user of a scenario before it connects: registered, logged in once, befriended, all over HTTP.
#pragma once

#include <netinet/in.h>

#include <expected>
#include <string>
#include <string_view>

#include "loadgen/http_caller.h"
#include "loadgen/http_exchange.h"
#include "protocol/ids.h"

namespace chat::loadgen {

// Thread: one. Lifetime: any. Every call blocks; its error says in one line what went wrong.
class Account {
 public:
  // Registers and logs in. A server hashes a password for each of the two, which is most of what
  // setting up a scenario costs.
  static std::expected<Account, std::string> Create(const sockaddr_in& server,
                                                    const std::string& username);

  // Makes them contacts: this one asks, the other one accepts.
  std::expected<void, std::string> Befriend(const Account& other) const;

  // The direct conversation with a contact.
  std::expected<ConversationId, std::string> OpenChatWith(const Account& other) const;

  UserId user() const { return user_; }
  const std::string& access_token() const { return access_token_; }

 private:
  explicit Account(const sockaddr_in& server) : caller_(server) {}

  // With this account's token; the answer's body when its status is in the two hundreds.
  std::expected<std::string, std::string> Post(std::string target, std::string body) const;

  HttpCaller caller_;
  UserId user_;
  std::string access_token_;
};

// A beginning of user names that no other run has.
std::string MakeRunName();

}  // namespace chat::loadgen
