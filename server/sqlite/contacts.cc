#include "server/sqlite/contacts.h"

#include <optional>
#include <string_view>
#include <utility>

#include "protocol/timestamp.h"
#include "server/ports/bus.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/contact_ends.h"
#include "server/sqlite/contact_states.h"
#include "server/sqlite/page_limit.h"
#include "server/sqlite/statement.h"
#include "server/sqlite/user_changes.h"
#include "server/sqlite/user_rows.h"

namespace chat::sqlite {
namespace {

// A blocked or disabled user is not there to be asked. Who asks may have been erased since they
// were authenticated.
bool MayAsk(Connection& connection, UserId requester, UserId target) {
  if (EitherBlocks(connection, requester, target)) return false;
  return !Statement(connection, "SELECT 1 FROM users WHERE user_id IN (?1, ?2) AND disabled = 1",
                    requester, target)
              .Step();
}

void SetState(WriteTransaction& transaction, UserId user, UserId other, ContactState state) {
  Statement(transaction.connection,
            "INSERT INTO contacts (user_id, other_id, state, created_at) VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT (user_id, other_id) DO UPDATE SET state = excluded.state",
            user, other, ToWord(state), transaction.now)
      .Run();
}

void TellBoth(WriteTransaction& transaction, const Pair& pair, ContactEvent event) {
  AddUserChange(transaction, pair.one.user_id, ContactChanged{event, pair.other});
  AddUserChange(transaction, pair.other.user_id, ContactChanged{event, pair.one});
}

Contact LoadContact(Connection& connection, UserId viewer, UserId other) {
  Statement row(connection,
                "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, c.state, "
                "u.last_seen_at FROM contacts c JOIN users u ON u.user_id = c.other_id "
                "WHERE c.user_id = ?1 AND c.other_id = ?2",
                viewer, other);
  return row.Step() ? ReadContact(row) : Contact();
}

Contact BecomeContacts(WriteTransaction& transaction, const Pair& pair) {
  SetState(transaction, pair.one.user_id, pair.other.user_id, ContactState::kContact);
  SetState(transaction, pair.other.user_id, pair.one.user_id, ContactState::kContact);
  TellBoth(transaction, pair, ContactEvent::kAccepted);
  return LoadContact(transaction.connection, pair.one.user_id, pair.other.user_id);
}

Contact AskFirst(WriteTransaction& transaction, const Pair& pair) {
  SetState(transaction, pair.one.user_id, pair.other.user_id, ContactState::kRequested);
  SetState(transaction, pair.other.user_id, pair.one.user_id, ContactState::kRequesting);
  TellBoth(transaction, pair, ContactEvent::kRequested);
  return LoadContact(transaction.connection, pair.one.user_id, pair.other.user_id);
}

Result<Contact, ContactError> RequestContact(WriteTransaction& transaction, UserId requester,
                                             UserId target) {
  if (requester == target) return std::unexpected(ContactError::kCannotAddSelf);
  const std::optional<Pair> pair = FindPair(transaction.connection, requester, target);
  if (!pair || !MayAsk(transaction.connection, requester, target)) {
    return std::unexpected(ContactError::kNotFound);
  }
  const std::optional<ContactState> state =
      FindContactState(transaction.connection, requester, target);
  if (!state) return AskFirst(transaction, *pair);
  switch (*state) {
    case ContactState::kContact:
      return std::unexpected(ContactError::kAlreadyContacts);
    case ContactState::kRequested:
      return LoadContact(transaction.connection, requester, target);
    case ContactState::kRequesting:
      return BecomeContacts(transaction, *pair);
  }
  std::unreachable();
}

Result<Contact, ContactError> AcceptContact(WriteTransaction& transaction, UserId accepter,
                                            UserId requester) {
  const std::optional<Pair> pair = FindPair(transaction.connection, accepter, requester);
  const std::optional<ContactState> state =
      FindContactState(transaction.connection, accepter, requester);
  if (!pair || !state) return std::unexpected(ContactError::kNotFound);
  switch (*state) {
    case ContactState::kContact:
      return std::unexpected(ContactError::kAlreadyContacts);
    case ContactState::kRequested:
      return std::unexpected(ContactError::kNotFound);
    case ContactState::kRequesting:
      return BecomeContacts(transaction, *pair);
  }
  std::unreachable();
}

Result<void, ContactError> RemoveContact(WriteTransaction& transaction, UserId remover,
                                         UserId other) {
  const std::optional<Pair> pair = FindPair(transaction.connection, remover, other);
  if (!pair) return std::unexpected(ContactError::kNotFound);
  if (EndContact(transaction, *pair) == ContactEnd::kNothing) {
    return std::unexpected(ContactError::kNotFound);
  }
  return {};
}

std::vector<Contact> ListContacts(Connection& connection, const ContactPageRequest& page) {
  Statement rows(connection,
                 "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, c.state, "
                 "u.last_seen_at FROM contacts c JOIN users u ON u.user_id = c.other_id "
                 "WHERE c.user_id = ?1 AND c.other_id > ?2 ORDER BY c.other_id LIMIT ?3",
                 page.viewer, page.after, PageLimit(page.limit));
  std::vector<Contact> contacts;
  while (rows.Step()) contacts.push_back(ReadContact(rows));
  return contacts;
}

}  // namespace

void Contacts::Request(UserId requester, UserId target, Completion<Contact, ContactError> done) {
  database_.Write(home_, std::move(done), [requester, target](WriteTransaction& transaction) {
    return RequestContact(transaction, requester, target);
  });
}

void Contacts::Accept(UserId accepter, UserId requester, Completion<Contact, ContactError> done) {
  database_.Write(home_, std::move(done), [accepter, requester](WriteTransaction& transaction) {
    return AcceptContact(transaction, accepter, requester);
  });
}

void Contacts::Remove(UserId remover, UserId other, Completion<void, ContactError> done) {
  database_.Write(home_, std::move(done), [remover, other](WriteTransaction& transaction) {
    return RemoveContact(transaction, remover, other);
  });
}

void Contacts::List(ContactPageRequest page, Completion<std::vector<Contact>, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [page](ReadTransaction& transaction) -> Result<std::vector<Contact>, ReadError> {
                   return ListContacts(transaction.connection, page);
                 });
}

}  // namespace chat::sqlite
