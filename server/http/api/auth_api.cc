#include "server/http/api/auth_api.h"

#include <cstdlib>
#include <expected>
#include <utility>

#include "protocol/errors.h"
#include "protocol/limits.h"
#include "protocol/reserved_fields.h"
#include "protocol/text.h"
#include "protocol/timestamp.h"
#include "server/auth/refresh_token.h"
#include "server/core/wire.h"
#include "server/http/api/bearer.h"
#include "server/http/api/refusals.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/http/rate_key.h"
#include "server/runtime/await.h"

namespace chat::http {
namespace {

using runtime::Await;

// Everything of a new account but its hash, which takes long and so is made last.
std::expected<NewAccount, Refusal> CheckAccount(const v1::RegisterRequest& body) {
  auto username = NormalizeUsername(body.username());
  if (!username) return std::unexpected(username.error());
  auto email = NormalizeEmail(body.email());
  if (!email) return std::unexpected(email.error());
  if (auto checked = CheckPassword(body.password()); !checked) {
    return std::unexpected(checked.error());
  }
  return NewAccount{
      .username = *std::move(username), .email = *std::move(email), .password_hash = {}};
}

std::expected<void, Refusal> CheckLogin(const v1::LoginRequest& body) {
  if (auto checked = CheckReservedFields(body); !checked) return checked;
  if (body.has_username() == body.has_email()) {
    return std::unexpected(Refusal{ErrorCode::kInvalidArgument,
                                   "Exactly one of \"username\" and \"email\" has to be given.",
                                   std::nullopt});
  }
  // Longer than any password, so not worth a hash; a shorter one is simply wrong.
  if (body.password().size() > kPasswordBytesMax) return CheckPassword(body.password());
  return CheckDeviceName(body.device_name());
}

Response RefuseRegistration(RegisterError error) {
  switch (error) {
    case RegisterError::kUsernameTaken:
      return Refuse(ErrorCode::kUsernameTaken, "Someone has this \"username\" already.");
    case RegisterError::kEmailTaken:
      return Refuse(ErrorCode::kEmailTaken, "Someone has this \"email\" already.");
    case RegisterError::kUnavailable:
      return Unavailable();
  }
  std::abort();
}

Response BadCredentials() {
  return Refuse(ErrorCode::kBadCredentials, "There is no such user, or the password is wrong.");
}

Response WrongOldPassword() {
  return Refuse(ErrorCode::kBadCredentials, "The \"old_password\" is wrong.");
}

Response RefuseNewPassword() {
  return Refuse(ErrorCode::kInvalidArgument, "\"new_password\" has to have " +
                                                 std::to_string(kPasswordBytesMin) + " to " +
                                                 std::to_string(kPasswordBytesMax) + " bytes.");
}

// An account has one bucket under both of its names; a name that is nobody's has one too, so that
// nobody can tell from a refusal who exists.
RateKey KeyOf(const v1::LoginRequest& login, const Result<Account, ViewError>& account) {
  constexpr auto kOperation = RateOperation::kLoginToAccount;
  if (account) return RateKey::OfUser(kOperation, account->user.user_id);
  if (login.has_email())
    return RateKey::OfName(kOperation, NormalizeEmail(login.email()).value_or(""));
  return RateKey::OfName(kOperation, NormalizeUsername(login.username()).value_or(""));
}

Response RefuseSession(OpenSessionError error) {
  switch (error) {
    case OpenSessionError::kUserGone:
      return BadCredentials();
    case OpenSessionError::kUnavailable:
      return Unavailable();
  }
  std::abort();
}

Response RefuseRefresh(RefreshError error) {
  switch (error) {
    case RefreshError::kUnknown:
      return Refuse(ErrorCode::kUnauthenticated,
                    "The \"refresh_token\" is not valid; log in again.");
    case RefreshError::kReused:
      return Refuse(ErrorCode::kRefreshTokenReused,
                    "The \"refresh_token\" was replaced earlier, so its session is now revoked.");
    case RefreshError::kUnavailable:
      return Unavailable();
  }
  std::abort();
}

}  // namespace

void AuthApi::AddRoutes(Router& router) {
  router.Add({.method = Method::kPost,
              .pattern = "/v1/auth/register",
              .handler = [this](Request request) { return Register(std::move(request)); }});
  router.Add({.method = Method::kPost,
              .pattern = "/v1/auth/login",
              .handler = [this](Request request) { return LogIn(std::move(request)); },
              .body_bytes_max = kHttpLoginBodyBytesMax});
  router.Add({.method = Method::kPost,
              .pattern = "/v1/auth/token",
              .handler = [this](Request request) { return Refresh(std::move(request)); }});

  BearerRoutes routes(router, ports_);
  routes.Add(Method::kPost, "/v1/auth/otp",
             [this](SessionOwner caller, Request) { return IssueTicket(caller); });
  routes.Add(Method::kPost, "/v1/auth/logout",
             [this](SessionOwner caller, Request) { return LogOut(caller); });
  routes.Add(Method::kPost, "/v1/auth/password", [this](SessionOwner caller, Request request) {
    return ChangePassword(caller, std::move(request));
  });
}

asio::awaitable<Response> AuthApi::Register(Request request) {
  auto body = JsonBody<v1::RegisterRequest>(request);
  if (!body) co_return std::move(body.error());
  auto account = CheckAccount(*body);
  if (!account) co_return ProblemResponse(account.error());
  const RateKey address = AddressKey(RateOperation::kRegister, request.client_address());
  if (auto refused = co_await Limit(address)) co_return *std::move(refused);
  auto hash = co_await HashPassword(body->password());
  if (!hash) co_return Unavailable();
  account->password_hash = *std::move(hash);

  const auto user = co_await Await<Result<User, RegisterError>>(
      [&](auto done) { ports_.accounts.Register(*std::move(account), std::move(done)); });
  if (!user) co_return RefuseRegistration(user.error());
  v1::RegisterResponse answer;
  *answer.mutable_user() = ToWire(*user);
  co_return JsonResponse(Status::kCreated, answer);
}

asio::awaitable<Response> AuthApi::LogIn(Request request) {
  auto body = JsonBody<v1::LoginRequest>(request);
  if (!body) co_return std::move(body.error());
  if (const auto checked = CheckLogin(*body); !checked) co_return ProblemResponse(checked.error());
  const RateKey address = AddressKey(RateOperation::kLoginFromAddress, request.client_address());
  if (auto refused = co_await Limit(address)) co_return *std::move(refused);
  const FoundAccount account = co_await FindAccount(*body);
  if (!account && account.error() == ViewError::kUnavailable) co_return Unavailable();
  if (auto refused = co_await Limit(KeyOf(*body, account))) co_return *std::move(refused);

  // An unknown user costs a hash too: nobody can tell from the time who exists.
  const auto match = co_await VerifyPassword(
      body->password(), account ? std::optional(account->password_hash) : std::nullopt);
  if (!match) co_return Unavailable();
  if (*match == auth::PasswordMatch::kMismatch || account->disabled) co_return BadCredentials();
  co_return co_await OpenSession(*account, body->device_name());
}

asio::awaitable<std::optional<Response>> AuthApi::Limit(RateKey key) {
  const auto wait = co_await Await<RateWait>(
      [&](auto done) { ports_.rate_limits.Take(key, ports_.home, std::move(done)); });
  if (!wait) co_return std::nullopt;
  co_return TooOften(*wait);
}

asio::awaitable<AuthApi::FoundAccount> AuthApi::FindAccount(const v1::LoginRequest& login) {
  auto name =
      login.has_username() ? NormalizeUsername(login.username()) : NormalizeEmail(login.email());
  if (!name) co_return std::unexpected(ViewError::kNotFound);
  co_return co_await Await<FoundAccount>([&](auto done) {
    if (login.has_username()) {
      ports_.accounts.FindByUsername(*std::move(name), std::move(done));
    } else {
      ports_.accounts.FindByEmail(*std::move(name), std::move(done));
    }
  });
}

asio::awaitable<Response> AuthApi::OpenSession(const Account& account, std::string device_name) {
  const auth::RefreshToken refresh = ports_.issuer.NewRefreshToken();
  const auto session = co_await Await<Result<RefreshedSession, OpenSessionError>>([&](auto done) {
    ports_.sessions.Open({.user_id = account.user.user_id,
                          .device_name = std::move(device_name),
                          .refresh_hash = refresh.hash,
                          .lifetime = kRefreshTokenLifetime,
                          .password_hash = account.password_hash},
                         std::move(done));
  });
  if (!session) co_return RefuseSession(session.error());

  const auth::IssuedCredential access = ports_.issuer.AccessToken(session->owner);
  const auth::IssuedCredential ticket = ports_.issuer.Ticket(session->owner.session_id);
  v1::LoginResponse answer;
  *answer.mutable_user() = ToWire(account.user);
  answer.set_session_id(session->owner.session_id.number());
  answer.set_access_token(access.text);
  *answer.mutable_access_token_expires_at() = ToProtoTimestamp(access.expires_at);
  answer.set_refresh_token(refresh.text);
  *answer.mutable_refresh_token_expires_at() = ToProtoTimestamp(session->expires_at);
  answer.set_otp(ticket.text);
  *answer.mutable_otp_expires_at() = ToProtoTimestamp(ticket.expires_at);
  co_return JsonResponse(Status::kOk, answer);
}

asio::awaitable<Response> AuthApi::Refresh(Request request) {
  const RateKey address = AddressKey(RateOperation::kOther, request.client_address());
  if (const RateWait wait = ports_.rate_limits.TryTake(address)) co_return TooOften(*wait);
  auto body = JsonBody<v1::TokenRequest>(request);
  if (!body) co_return std::move(body.error());
  const std::optional<TokenHash> presented = auth::HashRefreshToken(body->refresh_token());
  if (!presented) co_return RefuseRefresh(RefreshError::kUnknown);

  const auth::RefreshToken next = ports_.issuer.NewRefreshToken();
  const auto session = co_await Await<Result<RefreshedSession, RefreshError>>([&](auto done) {
    ports_.sessions.Rotate({.presented = *presented,
                            .next = next.hash,
                            .lifetime = kRefreshTokenLifetime,
                            .reuse_grace = kRefreshTokenGrace},
                           std::move(done));
  });
  if (!session) co_return RefuseRefresh(session.error());
  const auth::IssuedCredential access = ports_.issuer.AccessToken(session->owner);
  v1::TokenResponse answer;
  answer.set_access_token(access.text);
  *answer.mutable_access_token_expires_at() = ToProtoTimestamp(access.expires_at);
  answer.set_refresh_token(next.text);
  *answer.mutable_refresh_token_expires_at() = ToProtoTimestamp(session->expires_at);
  co_return JsonResponse(Status::kOk, answer);
}

asio::awaitable<Response> AuthApi::IssueTicket(SessionOwner caller) {
  const auth::IssuedCredential ticket = ports_.issuer.Ticket(caller.session_id);
  v1::OtpResponse answer;
  answer.set_otp(ticket.text);
  *answer.mutable_otp_expires_at() = ToProtoTimestamp(ticket.expires_at);
  co_return JsonResponse(Status::kCreated, answer);
}

asio::awaitable<Response> AuthApi::LogOut(SessionOwner caller) {
  const auto revoked = co_await Await<Result<void, ViewError>>(
      [&](auto done) { ports_.sessions.Revoke(caller, std::move(done)); });
  // Of two logouts at the same time the second finds nothing left to do.
  if (!revoked && revoked.error() == ViewError::kUnavailable) co_return Unavailable();
  co_return NoContent();
}

asio::awaitable<Response> AuthApi::ChangePassword(SessionOwner caller, Request request) {
  auto body = JsonBody<v1::ChangePasswordRequest>(request);
  if (!body) co_return std::move(body.error());
  if (!CheckPassword(body->new_password())) co_return RefuseNewPassword();
  // Longer than any password, so not worth a hash.
  if (body->old_password().size() > kPasswordBytesMax) co_return WrongOldPassword();
  const auto account = co_await Await<FoundAccount>(
      [&](auto done) { ports_.accounts.FindById(caller.user_id, std::move(done)); });
  if (!account) co_return RefuseView(account.error());
  const auto match = co_await VerifyPassword(body->old_password(), account->password_hash);
  if (!match) co_return Unavailable();
  if (*match == auth::PasswordMatch::kMismatch) co_return WrongOldPassword();

  auto hash = co_await HashPassword(body->new_password());
  if (!hash) co_return Unavailable();
  PasswordChange change{
      .changer = caller, .old_hash = account->password_hash, .new_hash = *std::move(hash)};
  const auto changed = co_await Await<Result<void, ViewError>>(
      [&](auto done) { ports_.accounts.ChangePassword(std::move(change), std::move(done)); });
  if (changed) co_return NoContent();
  co_return changed.error() == ViewError::kNotFound ? WrongOldPassword() : Unavailable();
}

asio::awaitable<Result<std::string, auth::HashError>> AuthApi::HashPassword(std::string password) {
  co_return co_await Await<Result<std::string, auth::HashError>>(
      [&](auto done) { ports_.hasher.Hash(std::move(password), ports_.home, std::move(done)); });
}

asio::awaitable<Result<auth::PasswordMatch, auth::HashError>> AuthApi::VerifyPassword(
    std::string password, std::optional<std::string> hash) {
  co_return co_await Await<Result<auth::PasswordMatch, auth::HashError>>([&](auto done) {
    ports_.hasher.Verify(std::move(password), std::move(hash), ports_.home, std::move(done));
  });
}

}  // namespace chat::http
