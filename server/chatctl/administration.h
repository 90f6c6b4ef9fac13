// What an operator does to a running chat: each command asks one server, and all of them act on it.
#pragma once

#include <string>

#include "server/chatctl/admin_connection.h"

namespace chat::chatctl {

enum class PasswordSource { kInput, kGenerated };

struct NewUser {
  std::string username;
  std::string email;
  PasswordSource password = PasswordSource::kInput;
};

// Each prints what it found or did.
//
// Errors: one sentence. `user` is a username, an e-mail address or id:<user_id>.
Outcome<void> CreateUser(const AdminConnection& server, const NewUser& user);
Outcome<void> ShowUser(const AdminConnection& server, const std::string& user);
Outcome<void> DisableUser(const AdminConnection& server, const std::string& user);
Outcome<void> EnableUser(const AdminConnection& server, const std::string& user);
Outcome<void> ResetPassword(const AdminConnection& server, const std::string& user,
                            PasswordSource source);
Outcome<void> EraseUser(const AdminConnection& server, const std::string& user);
Outcome<void> ListSessions(const AdminConnection& server, const std::string& user);
Outcome<void> RevokeSession(const AdminConnection& server, const std::string& user,
                            const std::string& session);
Outcome<void> RevokeAllSessions(const AdminConnection& server, const std::string& user);
Outcome<void> RotateKeys(const AdminConnection& server);
Outcome<void> Drain(const AdminConnection& server);

}  // namespace chat::chatctl
