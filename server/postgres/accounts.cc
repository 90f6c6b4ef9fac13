#include "server/postgres/accounts.h"

#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "protocol/timestamp.h"
#include "server/ports/bus.h"
#include "server/postgres/contact_ends.h"
#include "server/postgres/group_departures.h"
#include "server/postgres/revocations.h"
#include "server/postgres/transaction.h"
#include "server/postgres/user_changes.h"
#include "server/postgres/user_rows.h"

namespace chat::postgres {
namespace {

// The insert waits for whoever registers the same name or email at the same moment; so when it does
// nothing, whose row is in the way is committed and the next statement sees it.
Result<User, RegisterError> RegisterAccount(Transaction& transaction, const NewAccount& account) {
  const User user{.user_id = transaction.ids.Next<UserId>(transaction.now),
                  .username = account.username,
                  .display_name = account.username,
                  .created_at = transaction.now};
  const pqxx::result inserted = transaction.Run(
      "INSERT INTO users (user_id, username, display_name, email, password_hash, "
      "created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
      user.user_id, user.username, user.display_name, account.email, account.password_hash,
      user.created_at);
  if (inserted.affected_rows() == 1) return user;
  const pqxx::result same_name =
      transaction.Run("SELECT 1 FROM users WHERE username = $1", account.username);
  return std::unexpected(same_name.empty() ? RegisterError::kEmailTaken
                                           : RegisterError::kUsernameTaken);
}

// From the columns of a user and email, password_hash, disabled.
Result<Account, ViewError> FirstAccount(const pqxx::result& rows) {
  if (rows.empty()) return std::unexpected(ViewError::kNotFound);
  return Account{.user = ReadUser(rows[0], 0),
                 .email = rows[0][5].as<std::string>(),
                 .password_hash = rows[0][6].as<std::string>(),
                 .disabled = rows[0][7].as<bool>()};
}

Result<void, ViewError> ReplacePassword(ChangeTransaction& transaction,
                                        const PasswordChange& change) {
  const pqxx::result changed = transaction.Run(
      "UPDATE users SET password_hash = $3 "
      "WHERE user_id = $1 AND password_hash = $2 AND NOT disabled",
      change.changer.user_id, change.old_hash, change.new_hash);
  if (changed.affected_rows() == 0) return std::unexpected(ViewError::kNotFound);
  RevokeOtherSessions(transaction, change.changer);
  return {};
}

// Who was erased has the name that Anonymise gave.
Result<Account, ViewError> Reset(ChangeTransaction& transaction, const PasswordReset& reset) {
  auto account =
      FirstAccount(transaction.Run("UPDATE users SET password_hash = $2 "
                                   "WHERE user_id = $1 AND username <> 'deleted-' || user_id "
                                   "RETURNING user_id, username, display_name, created_at, bot, "
                                   "coalesce(email, ''), coalesce(password_hash, ''), disabled",
                                   reset.user_id, reset.new_hash));
  if (account) RevokeOtherSessions(transaction, {.session_id = {}, .user_id = reset.user_id});
  return account;
}

enum class LoginState { kDisabled, kEnabled };

Result<Account, ViewError> SetLoginState(ChangeTransaction& transaction, UserId user,
                                         LoginState state) {
  auto account =
      FirstAccount(transaction.Run("UPDATE users SET disabled = $2 "
                                   "WHERE user_id = $1 AND username <> 'deleted-' || user_id "
                                   "RETURNING user_id, username, display_name, created_at, bot, "
                                   "coalesce(email, ''), coalesce(password_hash, ''), disabled",
                                   user, state == LoginState::kDisabled));
  if (account && account->disabled) {
    RevokeOtherSessions(transaction, {.session_id = {}, .user_id = user});
    transaction.batch.disabled_users.push_back(user);
  }
  return account;
}

Result<Account, ViewError> WriteDisplayName(Transaction& transaction, UserId user,
                                            const std::string& display_name) {
  return FirstAccount(
      transaction.Run("UPDATE users SET display_name = $2 WHERE user_id = $1 AND NOT disabled "
                      "RETURNING user_id, username, display_name, created_at, bot, "
                      "coalesce(email, ''), coalesce(password_hash, ''), disabled",
                      user, display_name));
}

// Who lists the user as a contact or as a request.
std::vector<UserId> WhoListsThem(Transaction& transaction, UserId user) {
  const pqxx::result rows =
      transaction.Run("SELECT other_id FROM contacts WHERE user_id = $1 ORDER BY other_id LIMIT $2",
                      user, kToldOfNameMax);
  std::vector<UserId> others;
  for (const pqxx::row& row : rows) others.push_back(row[0].as<UserId>());
  return others;
}

bool HasDisplayName(Transaction& transaction, UserId user, const std::string& display_name) {
  return !transaction
              .Run("SELECT 1 FROM users WHERE user_id = $1 AND display_name = $2", user,
                   display_name)
              .empty();
}

Result<Account, ViewError> Rename(ChangeTransaction& transaction, UserId user,
                                  const std::string& display_name) {
  const std::vector<UserId> others = WhoListsThem(transaction, user);
  std::vector<UserId> locked = others;
  locked.push_back(user);
  LockUsers(transaction, locked);
  // Whoever came since can be locked only by beginning again.
  if (WhoListsThem(transaction, user) != others) {
    throw pqxx::serialization_failure("the contacts changed", "", "40001");
  }
  const bool is_new = !HasDisplayName(transaction, user, display_name);
  auto account = WriteDisplayName(transaction, user, display_name);
  if (!account || !is_new) return account;
  AddUserChanges(transaction, others, ContactChanged{ContactEvent::kChanged, account->user});
  return account;
}

// The name is none that anybody can register.
void Anonymise(Transaction& transaction, UserId user) {
  transaction.Run(
      "UPDATE users SET username = 'deleted-' || user_id, display_name = 'Deleted user', "
      "email = NULL, password_hash = NULL, last_seen_at = NULL, disabled = true "
      "WHERE user_id = $1",
      user);
}

Result<Erasure, ViewError> EraseSome(ChangeTransaction& transaction, UserId user) {
  if (HasContacts(transaction, user)) {
    EndSomeContacts(transaction, user);
    return Erasure::kMore;
  }
  if (IsInGroups(transaction, user)) {
    LeaveSomeGroups(transaction, user);
    return Erasure::kMore;
  }
  // From here on nobody can add a contact or a group.
  LockUsers(transaction, {user});
  if (HasContacts(transaction, user) || IsInGroups(transaction, user)) return Erasure::kMore;
  Anonymise(transaction, user);
  RevokeOtherSessions(transaction, {.session_id = {}, .user_id = user});
  transaction.batch.disabled_users.push_back(user);
  return Erasure::kDone;
}

}  // namespace

void Accounts::Register(NewAccount account, Completion<User, RegisterError> done) {
  database_.Write(home_, std::move(done), [account = std::move(account)](Transaction& transaction) {
    return RegisterAccount(transaction, account);
  });
}

void Accounts::FindByUsername(std::string username, Completion<Account, ViewError> done) {
  database_.Read(home_, std::move(done),
                 [username = std::move(username)](Transaction& transaction) {
                   return FirstAccount(
                       transaction.Run("SELECT user_id, username, display_name, created_at, bot, "
                                       "coalesce(email, ''), coalesce(password_hash, ''), disabled "
                                       "FROM users WHERE username = $1",
                                       username));
                 });
}

void Accounts::FindByEmail(std::string email, Completion<Account, ViewError> done) {
  database_.Read(home_, std::move(done), [email = std::move(email)](Transaction& transaction) {
    return FirstAccount(
        transaction.Run("SELECT user_id, username, display_name, created_at, bot, "
                        "email, coalesce(password_hash, ''), disabled "
                        "FROM users WHERE email = $1",
                        email));
  });
}

void Accounts::FindById(UserId user, Completion<Account, ViewError> done) {
  database_.Read(home_, std::move(done), [user](Transaction& transaction) {
    return FirstAccount(
        transaction.Run("SELECT user_id, username, display_name, created_at, bot, "
                        "coalesce(email, ''), coalesce(password_hash, ''), disabled "
                        "FROM users WHERE user_id = $1",
                        user));
  });
}

void Accounts::ChangePassword(PasswordChange change, Completion<void, ViewError> done) {
  database_.Change(home_, std::move(done),
                   [change = std::move(change)](ChangeTransaction& transaction) {
                     return ReplacePassword(transaction, change);
                   });
}

void Accounts::ResetPassword(PasswordReset reset, Completion<Account, ViewError> done) {
  database_.Change(home_, std::move(done),
                   [reset = std::move(reset)](ChangeTransaction& transaction) {
                     return Reset(transaction, reset);
                   });
}

void Accounts::Disable(UserId user, Completion<Account, ViewError> done) {
  database_.Change(home_, std::move(done), [user](ChangeTransaction& transaction) {
    return SetLoginState(transaction, user, LoginState::kDisabled);
  });
}

void Accounts::Enable(UserId user, Completion<Account, ViewError> done) {
  database_.Change(home_, std::move(done), [user](ChangeTransaction& transaction) {
    return SetLoginState(transaction, user, LoginState::kEnabled);
  });
}

void Accounts::SetDisplayName(UserId user, std::string display_name,
                              Completion<Account, ViewError> done) {
  database_.Change(home_, std::move(done),
                   [user, display_name = std::move(display_name)](ChangeTransaction& transaction) {
                     return Rename(transaction, user, display_name);
                   });
}

void Accounts::Erase(UserId user, Completion<Erasure, ViewError> done) {
  database_.Change(home_, std::move(done),
                   [user](ChangeTransaction& transaction) { return EraseSome(transaction, user); });
}

}  // namespace chat::postgres
