#include "server/http/api/contacts_api.h"

#include <cstddef>
#include <cstdlib>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/errors.h"
#include "protocol/text.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/paging.h"
#include "server/http/api/refusals.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/ports/accounts.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;
using ContactAnswer = Result<Contact, ContactError>;

Response RefuseContact(ContactError error) {
  switch (error) {
    case ContactError::kNotFound:
      return NotFound();
    case ContactError::kAlreadyContacts:
      return Refuse(ErrorCode::kAlreadyContacts, "You are contacts already.");
    case ContactError::kCannotAddSelf:
      return Refuse(ErrorCode::kCannotAddSelf, "You cannot add yourself.");
    case ContactError::kUnavailable:
      return Unavailable();
  }
  std::abort();
}

}  // namespace

void ContactsApi::AddRoutes(Router& router) {
  BearerRoutes routes(router, ports_);
  routes.Add(Method::kGet, "/v1/contacts", [this](SessionOwner caller, Request request) {
    return List(caller, std::move(request));
  });
  routes.Add(Method::kPost, "/v1/contacts", [this](SessionOwner caller, Request request) {
    return Add(caller, std::move(request));
  });
  routes.Add(
      Method::kPost, "/v1/contacts/{user_id}/accept",
      [this](SessionOwner caller, Request request) { return Accept(caller, std::move(request)); });
  routes.Add(
      Method::kDelete, "/v1/contacts/{user_id}",
      [this](SessionOwner caller, Request request) { return Remove(caller, std::move(request)); });
}

asio::awaitable<Response> ContactsApi::List(SessionOwner caller, Request request) {
  const auto limit = PageLimit(request);
  if (!limit) co_return ProblemResponse(limit.error());
  const auto cursor = PageCursor(request, {CursorKind::kContacts});
  if (!cursor) co_return ProblemResponse(cursor.error());

  // One more than is shown tells whether there is a next page.
  const ContactPageRequest page{.viewer = caller.user_id,
                                .after = *cursor ? UserId((*cursor)->numbers[0]) : UserId(),
                                .limit = *limit + 1};
  const auto contacts = co_await Await<Result<std::vector<Contact>, ReadError>>(
      [&](auto done) { ports_.contacts.List(page, std::move(done)); });
  if (!contacts) co_return Unavailable();
  v1::ListContactsResponse answer;
  for (const Contact& contact : *contacts) {
    if (answer.contacts_size() == *limit) {
      const std::int64_t last = answer.contacts().rbegin()->user().user_id();
      answer.set_next_cursor(EncodeCursor({.kind = CursorKind::kContacts, .numbers = {last}}));
      break;
    }
    *answer.add_contacts() = Show(contact);
  }
  co_return JsonResponse(Status::kOk, answer);
}

asio::awaitable<Response> ContactsApi::Add(SessionOwner caller, Request request) {
  auto body = JsonBody<v1::AddContactRequest>(request);
  if (!body) co_return std::move(body.error());
  if (body->has_username() == body->has_user_id()) {
    co_return Refuse(ErrorCode::kInvalidArgument,
                     "Exactly one of \"username\" and \"user_id\" has to be given.");
  }
  const auto target = co_await FindTarget(*body);
  if (!target) co_return RefuseView(target.error());
  co_return Answer(Status::kCreated, co_await Await<ContactAnswer>([&](auto done) {
                     ports_.contacts.Request(caller.user_id, *target, std::move(done));
                   }));
}

asio::awaitable<Result<UserId, ViewError>> ContactsApi::FindTarget(
    const v1::AddContactRequest& body) {
  if (body.has_user_id()) co_return UserId(body.user_id());
  auto username = NormalizeUsername(body.username());
  if (!username) co_return std::unexpected(ViewError::kNotFound);
  const auto account = co_await Await<Result<Account, ViewError>>(
      [&](auto done) { ports_.accounts.FindByUsername(*std::move(username), std::move(done)); });
  if (!account) co_return std::unexpected(account.error());
  co_return account->user.user_id;
}

asio::awaitable<Response> ContactsApi::Accept(SessionOwner caller, Request request) {
  const auto requester = request.CaptureAs<UserId>("user_id");
  if (!requester) co_return NotFound();
  co_return Answer(Status::kOk, co_await Await<ContactAnswer>([&](auto done) {
                     ports_.contacts.Accept(caller.user_id, *requester, std::move(done));
                   }));
}

asio::awaitable<Response> ContactsApi::Remove(SessionOwner caller, Request request) {
  const auto other = request.CaptureAs<UserId>("user_id");
  if (!other) co_return NotFound();
  const auto removed = co_await Await<Result<void, ContactError>>(
      [&](auto done) { ports_.contacts.Remove(caller.user_id, *other, std::move(done)); });
  if (!removed) co_return RefuseContact(removed.error());
  co_return NoContent();
}

v1::Contact ContactsApi::Show(const Contact& contact) const {
  return ToWire(contact, ports_.is_online(contact.user.user_id) ? OnlineState::kOnline
                                                                : OnlineState::kOffline);
}

Response ContactsApi::Answer(Status status, const ContactAnswer& contact) const {
  if (!contact) return RefuseContact(contact.error());
  v1::ContactResponse answer;
  *answer.mutable_contact() = Show(*contact);
  return JsonResponse(status, answer);
}

}  // namespace chat::http
