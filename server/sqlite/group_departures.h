// How someone whose account ends leaves their groups.
#pragma once

#include "protocol/ids.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/writer.h"

namespace chat::sqlite {

// Whether a user is in any group.
bool IsInGroups(Connection& connection, UserId user);

// Takes them out of a bounded number of their groups. Where they are the only owner, the admin who
// has been in it for longest owns it from then on, else the member who has.
void LeaveSomeGroups(WriteTransaction& transaction, UserId user);

}  // namespace chat::sqlite
