// How contacts and requests end: by a wish, a block, or with the account.
#pragma once

#include "protocol/ids.h"
#include "server/sqlite/contact_states.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

enum class ContactEnd {
  kEnded,
  kNothing,  // neither was the other's contact or had asked for it
};

// Removes the contact or the request on both sides and tells both.
ContactEnd EndContact(WriteTransaction& transaction, const Pair& pair);

enum class ContactsLeft { kNone, kSome };

// Ends a bounded number of a user's contacts and requests.
ContactsLeft EndSomeContacts(WriteTransaction& transaction, UserId user);

}  // namespace chat::sqlite
