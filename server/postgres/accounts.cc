#include "server/postgres/accounts.h"

#include <utility>

#include "protocol/timestamp.h"
#include "server/postgres/contact_ends.h"
#include "server/postgres/revocations.h"
#include "server/postgres/transaction.h"
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

Result<Account, ViewError> Rename(Transaction& transaction, UserId user,
                                  const std::string& display_name) {
  return FirstAccount(
      transaction.Run("UPDATE users SET display_name = $2 WHERE user_id = $1 AND NOT disabled "
                      "RETURNING user_id, username, display_name, created_at, bot, "
                      "coalesce(email, ''), coalesce(password_hash, ''), disabled",
                      user, display_name));
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
  if (EndSomeContacts(transaction, user) == ContactsLeft::kSome) return Erasure::kMore;
  Anonymise(transaction, user);
  RevokeOtherSessions(transaction, {.session_id = {}, .user_id = user});
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

void Accounts::SetDisplayName(UserId user, std::string display_name,
                              Completion<Account, ViewError> done) {
  database_.Write(home_, std::move(done),
                  [user, display_name = std::move(display_name)](Transaction& transaction) {
                    return Rename(transaction, user, display_name);
                  });
}

void Accounts::Erase(UserId user, Completion<Erasure, ViewError> done) {
  database_.Change(home_, std::move(done),
                   [user](ChangeTransaction& transaction) { return EraseSome(transaction, user); });
}

}  // namespace chat::postgres
