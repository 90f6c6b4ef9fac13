// Users in the embedded store.
#pragma once

#include <string>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/sqlite/database.h"

namespace chat::sqlite {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Accounts final : public chat::Accounts {
 public:
  Accounts(Database& database, Executor& home) : database_(database), home_(home) {}

  void Register(NewAccount account, Completion<User, RegisterError> done) override;
  void FindByUsername(std::string username, Completion<Account, ViewError> done) override;
  void FindByEmail(std::string email, Completion<Account, ViewError> done) override;
  void FindById(UserId user, Completion<Account, ViewError> done) override;
  void ChangePassword(PasswordChange change, Completion<void, ViewError> done) override;
  void ResetPassword(PasswordReset reset, Completion<Account, ViewError> done) override;
  void Disable(UserId user, Completion<Account, ViewError> done) override;
  void Enable(UserId user, Completion<Account, ViewError> done) override;
  void SetDisplayName(UserId user, std::string display_name,
                      Completion<Account, ViewError> done) override;
  void Erase(UserId user, Completion<Erasure, ViewError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::sqlite
