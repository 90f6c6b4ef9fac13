// Sessions, refresh tokens and tickets in PostgreSQL.
#pragma once

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/sessions.h"
#include "server/postgres/database.h"

namespace chat::postgres {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class Sessions final : public chat::Sessions {
 public:
  Sessions(Database& database, Executor& home) : database_(database), home_(home) {}

  void Open(NewSession session, Completion<RefreshedSession, OpenSessionError> done) override;
  void Rotate(RefreshRotation rotation, Completion<RefreshedSession, RefreshError> done) override;
  void Revoke(SessionOwner owner, Completion<void, ViewError> done) override;
  void RevokeOthers(SessionOwner kept, Completion<void, ReadError> done) override;
  void List(SessionPageRequest page,
            Completion<std::vector<StoredSession>, ReadError> done) override;
  void FindEnded(std::vector<SessionId> sessions,
                 Completion<std::vector<SessionId>, ReadError> done) override;
  void FindActive(SessionId session, Completion<SessionOwner, ViewError> done) override;
  void ConsumeTicket(TicketUse use, Completion<SessionOwner, TicketError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::postgres
