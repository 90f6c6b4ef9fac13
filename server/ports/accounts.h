// Port: users and what they log in with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/completion.h"
#include "server/ports/sessions.h"

namespace chat {

struct User {
  UserId user_id;
  std::string username;
  std::string display_name;
  UnixTime created_at;
  bool bot = false;
};

struct NewAccount {
  std::string username;       // canonical lower case
  std::string email;          // canonical lower case
  std::string password_hash;  // Argon2id in its encoded form
};

struct Account {
  User user;
  std::string email;
  std::string password_hash;
  bool disabled = false;
};

struct PasswordChange {
  SessionOwner changer;
  std::string old_hash;  // what the old password was checked against
  std::string new_hash;
};

struct PasswordReset {
  UserId user_id;
  std::string new_hash;
};

enum class RegisterError { kUsernameTaken, kEmailTaken, kUnavailable };

inline constexpr int kToldOfNameMax = 1000;

enum class Erasure {
  kDone,
  kMore,  // a part was done; call again
};

// Thread: called on one shard, completes on it. Each call is one atomic change in the store.
class Accounts {
 public:
  virtual ~Accounts() = default;

  // The display name starts as the username.
  virtual void Register(NewAccount account, Completion<User, RegisterError> done) = 0;

  // By exact, canonical username or email; kNotFound when there is none.
  virtual void FindByUsername(std::string username, Completion<Account, ViewError> done) = 0;
  virtual void FindByEmail(std::string email, Completion<Account, ViewError> done) = 0;
  virtual void FindById(UserId user, Completion<Account, ViewError> done) = 0;

  // Replaces the hash and revokes all other sessions of the user. kNotFound when the user has
  // another hash by now.
  virtual void ChangePassword(PasswordChange change, Completion<void, ViewError> done) = 0;

  // Replaces the hash and revokes all sessions of the user, whoever asks; one who is disabled stays
  // so. kNotFound for who does not exist or was erased.
  virtual void ResetPassword(PasswordReset reset, Completion<Account, ViewError> done) = 0;

  // Who is disabled opens no session and uses none: all of them are revoked. Doing it twice changes
  // nothing. kNotFound for who does not exist or was erased.
  virtual void Disable(UserId user, Completion<Account, ViewError> done) = 0;
  virtual void Enable(UserId user, Completion<Account, ViewError> done) = 0;

  // Tells the user's contacts, and who asked or was asked to be one: a UserChange for up to
  // kToldOfNameMax of them.
  virtual void SetDisplayName(UserId user, std::string display_name,
                              Completion<Account, ViewError> done) = 0;

  // Ends the user's contacts and leaves their groups, a bounded number with each call, then forgets
  // all that is known of the person: name, email and password are freed, sessions revoked, the user
  // stays disabled as the sender of what was said. A group that would lose its only owner gets
  // another with the same commit: the admin, else the member, who has been in it for longest.
  virtual void Erase(UserId user, Completion<Erasure, ViewError> done) = 0;
};

}  // namespace chat
