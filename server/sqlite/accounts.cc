#include "server/sqlite/accounts.h"

#include <optional>
#include <utility>
#include <vector>

#include "protocol/timestamp.h"
#include "server/ports/bus.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/contact_ends.h"
#include "server/sqlite/group_departures.h"
#include "server/sqlite/revocations.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_changes.h"
#include "server/sqlite/user_rows.h"

namespace chat::sqlite {
namespace {

bool UsernameTaken(Connection& connection, const std::string& username) {
  return Statement(connection, "SELECT 1 FROM users WHERE username = ?1", username).Step();
}

Result<User, RegisterError> RegisterAccount(WriteTransaction& transaction,
                                            const NewAccount& account) {
  const User user{.user_id = transaction.ids.Next<UserId>(transaction.now),
                  .username = account.username,
                  .display_name = account.username,
                  .created_at = transaction.now};
  const std::int64_t inserted =
      Statement(transaction.connection,
                "INSERT INTO users (user_id, username, display_name, email, password_hash, "
                "created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                user.user_id, user.username, user.display_name, account.email,
                account.password_hash, user.created_at)
          .Run();
  if (inserted == 1) return user;
  return std::unexpected(UsernameTaken(transaction.connection, account.username)
                             ? RegisterError::kUsernameTaken
                             : RegisterError::kEmailTaken);
}

// From the columns of a user and email, password_hash, disabled.
Result<Account, ViewError> FirstAccount(Statement& rows) {
  if (!rows.Step()) return std::unexpected(ViewError::kNotFound);
  return Account{.user = ReadUser(rows, 0),
                 .email = rows.Get<std::string>(5),
                 .password_hash = rows.Get<std::string>(6),
                 .disabled = rows.Get<bool>(7)};
}

Result<void, ViewError> ReplacePassword(WriteTransaction& transaction,
                                        const PasswordChange& change) {
  const std::int64_t changed =
      Statement(transaction.connection,
                "UPDATE users SET password_hash = ?3 "
                "WHERE user_id = ?1 AND password_hash = ?2 AND disabled = 0",
                change.changer.user_id, change.old_hash, change.new_hash)
          .Run();
  if (changed == 0) return std::unexpected(ViewError::kNotFound);
  RevokeOtherSessions(transaction, change.changer);
  return {};
}

// Who was erased has the name that Anonymise gave.
Result<Account, ViewError> Reset(WriteTransaction& transaction, const PasswordReset& reset) {
  Statement rows(transaction.connection,
                 "UPDATE users SET password_hash = ?2 "
                 "WHERE user_id = ?1 AND username <> 'deleted-' || user_id "
                 "RETURNING user_id, username, display_name, created_at, bot, email, "
                 "password_hash, disabled",
                 reset.user_id, reset.new_hash);
  auto account = FirstAccount(rows);
  if (account) RevokeOtherSessions(transaction, {.session_id = {}, .user_id = reset.user_id});
  return account;
}

enum class LoginState { kDisabled, kEnabled };

Result<Account, ViewError> SetLoginState(WriteTransaction& transaction, UserId user,
                                         LoginState state) {
  Statement rows(transaction.connection,
                 "UPDATE users SET disabled = ?2 "
                 "WHERE user_id = ?1 AND username <> 'deleted-' || user_id "
                 "RETURNING user_id, username, display_name, created_at, bot, email, "
                 "password_hash, disabled",
                 user, state == LoginState::kDisabled ? 1 : 0);
  auto account = FirstAccount(rows);
  if (account && account->disabled) {
    RevokeOtherSessions(transaction, {.session_id = {}, .user_id = user});
    transaction.batch.disabled_users.push_back(user);
  }
  return account;
}

Result<Account, ViewError> WriteDisplayName(Connection& connection, UserId user,
                                            const std::string& display_name) {
  Statement rows(connection,
                 "UPDATE users SET display_name = ?2 WHERE user_id = ?1 AND disabled = 0 "
                 "RETURNING user_id, username, display_name, created_at, bot, email, "
                 "password_hash, disabled",
                 user, display_name);
  return FirstAccount(rows);
}

// Who lists the user as a contact or as a request.
std::vector<UserId> WhoListsThem(Connection& connection, UserId user) {
  Statement rows(connection,
                 "SELECT other_id FROM contacts WHERE user_id = ?1 ORDER BY other_id LIMIT ?2",
                 user, kToldOfNameMax);
  std::vector<UserId> others;
  while (rows.Step()) others.push_back(rows.Get<UserId>(0));
  return others;
}

Result<Account, ViewError> Rename(WriteTransaction& transaction, UserId user,
                                  const std::string& display_name) {
  Connection& connection = transaction.connection;
  const std::optional<User> before = FindUser(connection, user);
  auto account = WriteDisplayName(connection, user, display_name);
  if (!account || before->display_name == display_name) return account;
  for (const UserId other : WhoListsThem(connection, user)) {
    AddUserChange(transaction, other, ContactChanged{ContactEvent::kChanged, account->user});
  }
  return account;
}

// The name is none that anybody can register.
void Anonymise(WriteTransaction& transaction, UserId user) {
  Statement(transaction.connection,
            "UPDATE users SET username = 'deleted-' || user_id, display_name = 'Deleted user', "
            "email = NULL, password_hash = NULL, last_seen_at = NULL, disabled = 1 "
            "WHERE user_id = ?1",
            user)
      .Run();
}

Result<Erasure, ViewError> EraseSome(WriteTransaction& transaction, UserId user) {
  if (HasContacts(transaction.connection, user)) {
    EndSomeContacts(transaction, user);
    return Erasure::kMore;
  }
  if (IsInGroups(transaction.connection, user)) {
    LeaveSomeGroups(transaction, user);
    return Erasure::kMore;
  }
  Anonymise(transaction, user);
  RevokeOtherSessions(transaction, {.session_id = {}, .user_id = user});
  transaction.batch.disabled_users.push_back(user);
  return Erasure::kDone;
}

}  // namespace

void Accounts::Register(NewAccount account, Completion<User, RegisterError> done) {
  database_.Write(home_, std::move(done),
                  [account = std::move(account)](WriteTransaction& transaction) {
                    return RegisterAccount(transaction, account);
                  });
}

void Accounts::FindByUsername(std::string username, Completion<Account, ViewError> done) {
  database_.Read(home_, std::move(done),
                 [username = std::move(username)](ReadTransaction& transaction) {
                   Statement rows(transaction.connection,
                                  "SELECT user_id, username, display_name, created_at, bot, email, "
                                  "password_hash, disabled FROM users WHERE username = ?1",
                                  username);
                   return FirstAccount(rows);
                 });
}

void Accounts::FindByEmail(std::string email, Completion<Account, ViewError> done) {
  database_.Read(home_, std::move(done), [email = std::move(email)](ReadTransaction& transaction) {
    Statement rows(transaction.connection,
                   "SELECT user_id, username, display_name, created_at, bot, email, "
                   "password_hash, disabled FROM users WHERE email = ?1",
                   email);
    return FirstAccount(rows);
  });
}

void Accounts::FindById(UserId user, Completion<Account, ViewError> done) {
  database_.Read(home_, std::move(done), [user](ReadTransaction& transaction) {
    Statement rows(transaction.connection,
                   "SELECT user_id, username, display_name, created_at, bot, email, "
                   "password_hash, disabled FROM users WHERE user_id = ?1",
                   user);
    return FirstAccount(rows);
  });
}

void Accounts::ChangePassword(PasswordChange change, Completion<void, ViewError> done) {
  database_.Write(home_, std::move(done),
                  [change = std::move(change)](WriteTransaction& transaction) {
                    return ReplacePassword(transaction, change);
                  });
}

void Accounts::ResetPassword(PasswordReset reset, Completion<Account, ViewError> done) {
  database_.Write(home_, std::move(done),
                  [reset = std::move(reset)](WriteTransaction& transaction) {
                    return Reset(transaction, reset);
                  });
}

void Accounts::Disable(UserId user, Completion<Account, ViewError> done) {
  database_.Write(home_, std::move(done), [user](WriteTransaction& transaction) {
    return SetLoginState(transaction, user, LoginState::kDisabled);
  });
}

void Accounts::Enable(UserId user, Completion<Account, ViewError> done) {
  database_.Write(home_, std::move(done), [user](WriteTransaction& transaction) {
    return SetLoginState(transaction, user, LoginState::kEnabled);
  });
}

void Accounts::SetDisplayName(UserId user, std::string display_name,
                              Completion<Account, ViewError> done) {
  database_.Write(home_, std::move(done),
                  [user, display_name = std::move(display_name)](WriteTransaction& transaction) {
                    return Rename(transaction, user, display_name);
                  });
}

void Accounts::Erase(UserId user, Completion<Erasure, ViewError> done) {
  database_.Write(home_, std::move(done),
                  [user](WriteTransaction& transaction) { return EraseSome(transaction, user); });
}

}  // namespace chat::sqlite
