#include "server/postgres/contacts.h"

#include <optional>
#include <string_view>
#include <utility>

#include "protocol/timestamp.h"
#include "server/ports/bus.h"
#include "server/postgres/contact_ends.h"
#include "server/postgres/contact_states.h"
#include "server/postgres/page_limit.h"
#include "server/postgres/transaction.h"
#include "server/postgres/user_changes.h"
#include "server/postgres/user_rows.h"

namespace chat::postgres {
namespace {

// A blocked or disabled user is not there to be asked. Who asks may have been erased since they
// were authenticated.
bool MayAsk(Transaction& transaction, UserId requester, UserId target) {
  if (EitherBlocks(transaction, requester, target)) return false;
  return transaction
      .Run("SELECT 1 FROM users WHERE user_id IN ($1, $2) AND disabled", requester, target)
      .empty();
}

void SetState(ChangeTransaction& transaction, UserId user, UserId other, ContactState state) {
  transaction.Run(
      "INSERT INTO contacts (user_id, other_id, state, created_at) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (user_id, other_id) DO UPDATE SET state = excluded.state",
      user, other, ToWord(state), transaction.now);
}

void TellBoth(ChangeTransaction& transaction, const Pair& pair, ContactEvent event) {
  AddUserChange(transaction, pair.one.user_id, ContactChanged{event, pair.other});
  AddUserChange(transaction, pair.other.user_id, ContactChanged{event, pair.one});
}

Contact LoadContact(Transaction& transaction, UserId viewer, UserId other) {
  const pqxx::result rows = transaction.Run(
      "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, c.state, "
      "u.last_seen_at FROM contacts c JOIN users u ON u.user_id = c.other_id "
      "WHERE c.user_id = $1 AND c.other_id = $2",
      viewer, other);
  return rows.empty() ? Contact() : ReadContact(rows[0]);
}

Contact BecomeContacts(ChangeTransaction& transaction, const Pair& pair) {
  SetState(transaction, pair.one.user_id, pair.other.user_id, ContactState::kContact);
  SetState(transaction, pair.other.user_id, pair.one.user_id, ContactState::kContact);
  TellBoth(transaction, pair, ContactEvent::kAccepted);
  return LoadContact(transaction, pair.one.user_id, pair.other.user_id);
}

Contact AskFirst(ChangeTransaction& transaction, const Pair& pair) {
  SetState(transaction, pair.one.user_id, pair.other.user_id, ContactState::kRequested);
  SetState(transaction, pair.other.user_id, pair.one.user_id, ContactState::kRequesting);
  TellBoth(transaction, pair, ContactEvent::kRequested);
  return LoadContact(transaction, pair.one.user_id, pair.other.user_id);
}

Result<Contact, ContactError> RequestContact(ChangeTransaction& transaction, UserId requester,
                                             UserId target) {
  if (requester == target) return std::unexpected(ContactError::kCannotAddSelf);
  const std::optional<Pair> pair = LockPair(transaction, requester, target);
  if (!pair || !MayAsk(transaction, requester, target)) {
    return std::unexpected(ContactError::kNotFound);
  }
  const std::optional<ContactState> state = FindContactState(transaction, requester, target);
  if (!state) return AskFirst(transaction, *pair);
  switch (*state) {
    case ContactState::kContact:
      return std::unexpected(ContactError::kAlreadyContacts);
    case ContactState::kRequested:
      return LoadContact(transaction, requester, target);
    case ContactState::kRequesting:
      return BecomeContacts(transaction, *pair);
  }
  std::unreachable();
}

Result<Contact, ContactError> AcceptContact(ChangeTransaction& transaction, UserId accepter,
                                            UserId requester) {
  const std::optional<Pair> pair = LockPair(transaction, accepter, requester);
  if (!pair) return std::unexpected(ContactError::kNotFound);
  const std::optional<ContactState> state = FindContactState(transaction, accepter, requester);
  if (!state) return std::unexpected(ContactError::kNotFound);
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

Result<void, ContactError> RemoveContact(ChangeTransaction& transaction, UserId remover,
                                         UserId other) {
  const std::optional<Pair> pair = LockPair(transaction, remover, other);
  if (!pair) return std::unexpected(ContactError::kNotFound);
  if (EndContact(transaction, *pair) == ContactEnd::kNothing) {
    return std::unexpected(ContactError::kNotFound);
  }
  return {};
}

std::vector<Contact> ListContacts(Transaction& transaction, const ContactPageRequest& page) {
  const pqxx::result rows = transaction.Run(
      "SELECT u.user_id, u.username, u.display_name, u.created_at, u.bot, c.state, "
      "u.last_seen_at FROM contacts c JOIN users u ON u.user_id = c.other_id "
      "WHERE c.user_id = $1 AND c.other_id > $2 ORDER BY c.other_id LIMIT $3",
      page.viewer, page.after, PageLimit(page.limit));
  std::vector<Contact> contacts;
  for (const pqxx::row& row : rows) contacts.push_back(ReadContact(row));
  return contacts;
}

}  // namespace

void Contacts::Request(UserId requester, UserId target, Completion<Contact, ContactError> done) {
  database_.Change(home_, std::move(done), [requester, target](ChangeTransaction& transaction) {
    return RequestContact(transaction, requester, target);
  });
}

void Contacts::Accept(UserId accepter, UserId requester, Completion<Contact, ContactError> done) {
  database_.Change(home_, std::move(done), [accepter, requester](ChangeTransaction& transaction) {
    return AcceptContact(transaction, accepter, requester);
  });
}

void Contacts::Remove(UserId remover, UserId other, Completion<void, ContactError> done) {
  database_.Change(home_, std::move(done), [remover, other](ChangeTransaction& transaction) {
    return RemoveContact(transaction, remover, other);
  });
}

void Contacts::List(ContactPageRequest page, Completion<std::vector<Contact>, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [page](Transaction& transaction) -> Result<std::vector<Contact>, ReadError> {
                   return ListContacts(transaction, page);
                 });
}

}  // namespace chat::postgres
