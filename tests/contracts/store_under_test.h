// A store as the suites of the storage ports see it, whatever it is made of.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/blocks.h"
#include "server/ports/bus.h"
#include "server/ports/clock.h"
#include "server/ports/completion.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/executor.h"
#include "server/ports/groups.h"
#include "server/ports/inspection.h"
#include "server/ports/marks.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"
#include "server/ports/search.h"
#include "server/ports/search_index.h"
#include "server/ports/sessions.h"
#include "server/ports/signing_keys.h"
#include "server/ports/updates.h"

namespace chat::contracts {

struct StoreSurroundings {
  Executor& home;
  Clock& clock;
  Bus& bus;
};

// One store, empty at first, as one shard uses it.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;

  // As if the server was stopped and started again.
  virtual void Restart() = 0;

  virtual Accounts& accounts() = 0;
  virtual Sessions& sessions() = 0;
  virtual SigningKeys& signing_keys() = 0;
  virtual Contacts& contacts() = 0;
  virtual Blocks& blocks() = 0;
  virtual Conversations& conversations() = 0;
  virtual Groups& groups() = 0;
  virtual Inspection& inspection() = 0;
  virtual Messages& messages() = 0;
  virtual Marks& marks() = 0;
  virtual MessageChanges& message_changes() = 0;
  virtual PresenceRecords& presence_records() = 0;
  virtual Updates& updates() = 0;
  virtual Search& search() = 0;
  virtual SearchIndex& search_index() = 0;

  // What no port does, or does with entries of its own, done to the tables themselves. A
  // completion of its own tells when.
  virtual void AddGroup(std::vector<UserId> members,
                        Completion<ConversationId, ReadError> done) = 0;
  virtual void RemoveMember(ConversationId conversation, UserId member,
                            Completion<void, ReadError> done) = 0;
  virtual void Disable(UserId user, Completion<void, ReadError> done) = 0;
};

// A kind of store, as the parameter of a suite.
struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>(StoreSurroundings)> make;
};

inline void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }

inline std::string StoreName(const testing::TestParamInfo<StoreKind>& test) {
  return test.param.name;
}

}  // namespace chat::contracts
