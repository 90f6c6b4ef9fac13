// How contacts and requests end: by a wish, a block, or with the account.
#pragma once

#include "protocol/ids.h"
#include "server/postgres/contact_states.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

enum class ContactEnd {
  kEnded,
  kNothing,  // neither was the other's contact or had asked for it
};

// Removes the contact or the request on both sides and tells both.
ContactEnd EndContact(ChangeTransaction& transaction, const Pair& pair);

// Whether a user has contacts or requests.
bool HasContacts(Transaction& transaction, UserId user);

// Ends a bounded number of them. Locks users: none may be locked before.
void EndSomeContacts(ChangeTransaction& transaction, UserId user);

}  // namespace chat::postgres
