// How someone whose account ends leaves their groups.
#pragma once

#include "protocol/ids.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {

// Whether a user is in any group.
bool IsInGroups(Transaction& transaction, UserId user);

// Takes them out of a bounded number of their groups. Where they are the only owner, the admin who
// has been in it for longest owns it from then on, else the member who has. Locks users: none may
// be locked before.
void LeaveSomeGroups(ChangeTransaction& transaction, UserId user);

}  // namespace chat::postgres
