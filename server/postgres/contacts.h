// Contacts in PostgreSQL.
#pragma once

#include <vector>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/contacts.h"
#include "server/ports/executor.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Contacts final : public chat::Contacts {
 public:
  Contacts(Database& database, Executor& home) : database_(database), home_(home) {}

  void Request(UserId requester, UserId target, Completion<Contact, ContactError> done) override;
  void Accept(UserId accepter, UserId requester, Completion<Contact, ContactError> done) override;
  void Remove(UserId remover, UserId other, Completion<void, ContactError> done) override;
  void List(ContactPageRequest page, Completion<std::vector<Contact>, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
