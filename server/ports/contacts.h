// Port: who knows whom. A contact is asked for by one side and accepted by the other.
#pragma once

#include <optional>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"

namespace chat {

enum class ContactState {
  kContact,
  kRequested,   // by the viewer
  kRequesting,  // the other side asks the viewer
};

struct Contact {
  User user;  // the other side
  ContactState state = ContactState::kContact;
  std::optional<UnixTime> last_seen_at;
};

struct ContactPageRequest {
  UserId viewer;
  UserId after;  // the last contact of the page before; zero for the first page
  int limit = 0;
};

enum class ContactError {
  kNotFound,  // no such user, one of the two blocks the other, or no such request
  kAlreadyContacts,
  kCannotAddSelf,
  kUnavailable,
};

// Thread: called on one shard, completes on it. A change publishes a UserChange for both sides.
class Contacts {
 public:
  virtual ~Contacts() = default;

  // `requester` asks `target`. If the target already asked, both become contacts. Asking twice
  // changes nothing and answers as the first time.
  virtual void Request(UserId requester, UserId target, Completion<Contact, ContactError> done) = 0;

  // `accepter` agrees to the request of `requester`.
  virtual void Accept(UserId accepter, UserId requester,
                      Completion<Contact, ContactError> done) = 0;

  // Ends a contact, refuses a request or takes one's own back. Removing what is not there is
  // kNotFound.
  virtual void Remove(UserId remover, UserId other, Completion<void, ContactError> done) = 0;

  // Ascending by the other side's id.
  virtual void List(ContactPageRequest page, Completion<std::vector<Contact>, ReadError> done) = 0;
};

}  // namespace chat
