// How contacts and requests end: by a wish, a block, or with the account.
#pragma once

#include "protocol/ids.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/contact_states.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

enum class ContactEnd {
  kEnded,
  kNothing,  // neither was the other's contact or had asked for it
};

// Removes the contact or the request on both sides and tells both.
ContactEnd EndContact(WriteTransaction& transaction, const Pair& pair);

// Whether a user has contacts or requests.
bool HasContacts(Connection& connection, UserId user);

// Ends a bounded number of them.
void EndSomeContacts(WriteTransaction& transaction, UserId user);

}  // namespace chat::sqlite
