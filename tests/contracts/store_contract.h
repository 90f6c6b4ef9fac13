// What every store has to do, whatever it is made of: the ground on which the suites of the storage
// ports stand. A store joins by instantiating them (as sqlite_contract_test.cc does).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"
#include "server/ports/sessions.h"
#include "tests/contracts/hand_executor.h"
#include "tests/contracts/manual_clock.h"
#include "tests/contracts/recording_bus.h"
#include "tests/contracts/store_under_test.h"

namespace chat::contracts {

// The answers of calls that run at the same time, in the order of the calls.
template <typename T, typename E>
using Answers = std::vector<Result<T, E>>;

// Empty when there is a value.
template <typename T, typename E>
std::optional<E> ErrorOf(const Result<T, E>& result) {
  if (result) return std::nullopt;
  return result.error();
}

class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  // Calls the port and waits for its answer.
  template <typename T, typename E>
  Result<T, E> Await(const std::function<void(Completion<T, E>)>& call) {
    return AwaitAll<T, E>(1, [&](int, Completion<T, E> done) { call(std::move(done)); })[0];
  }

  // Calls the port `count` times before any answer is looked at.
  template <typename T, typename E>
  Answers<T, E> AwaitAll(int count, const std::function<void(int, Completion<T, E>)>& call) {
    // Shared, so that an answer that comes after the deadline does no harm.
    auto slots = std::make_shared<std::vector<std::optional<Result<T, E>>>>(count);
    auto answered = std::make_shared<int>(0);
    for (int i = 0; i < count; ++i) {
      call(i, [slots, answered, i](Result<T, E> answer) {
        (*slots)[i].emplace(std::move(answer));
        ++*answered;
      });
    }
    EXPECT_TRUE(executor_.RunUntil([&] { return *answered == count; })) << "no answer came";
    Answers<T, E> answers;
    for (auto& slot : *slots) {
      answers.push_back(slot ? *std::move(slot) : std::unexpected(E::kUnavailable));
    }
    return answers;
  }

  // Asks again until it holds, for what a store does beside its answers. False when it still does
  // not after half a minute.
  bool Eventually(const std::function<bool()>& holds);

  // Registers `name` with an email of the same name. Zero when that fails, which is a failure.
  UserId AddUser(const std::string& name);
  std::vector<UserId> AddUsers(int count);
  void MakeContacts(UserId one, UserId other);
  // Between contacts; makes them so first.
  ConversationId AddDirect(UserId one, UserId other);
  ConversationId AddGroup(std::vector<UserId> members);
  void RemoveMember(ConversationId conversation, UserId member);

  Result<Appended, AppendError> Append(NewMessage message);
  // With its text as client_msg_id. Fails the test when it is not stored.
  Seq Send(ConversationId conversation, UserId sender, const std::string& text);

  StoreUnderTest& store() { return *store_; }
  ManualClock& clock() { return clock_; }
  RecordingBus& bus() { return bus_; }
  HandExecutor& executor() { return executor_; }

 private:
  HandExecutor executor_;
  ManualClock clock_;
  RecordingBus bus_{executor_};
  std::unique_ptr<StoreUnderTest> store_ = GetParam().make({executor_, clock_, bus_});
};

class AccountsContract : public StoreContract {
 protected:
  Result<RefreshedSession, OpenSessionError> OpenSession(
      UserId user, int token, std::optional<std::string> password_hash = {});
  Result<void, ViewError> ChangePassword(PasswordChange change);
  Result<Account, ViewError> FindById(UserId user);
};
class SessionsContract : public StoreContract {
 protected:
  Result<RefreshedSession, OpenSessionError> Open(UserId user, int token);
  Result<RefreshedSession, RefreshError> Rotate(int presented, int next);
  Result<SessionOwner, ViewError> FindActive(SessionId session);
  Result<SessionOwner, TicketError> UseTicket(SessionId session, int nonce);
  Result<void, ViewError> Revoke(SessionOwner owner);
  std::vector<StoredSession> List(UserId user, SessionId after = {}, int limit = 100);
};
class SigningKeysContract : public StoreContract {};
class ContactsContract : public StoreContract {
 protected:
  Result<Contact, ContactError> Request(UserId requester, UserId target);
  Result<Contact, ContactError> Accept(UserId accepter, UserId requester);
  Result<void, ContactError> Remove(UserId remover, UserId other);
  std::vector<Contact> List(UserId viewer, UserId after = {}, int limit = 100);
};
class ConversationsContract : public StoreContract {
 protected:
  Result<OpenedConversation, OpenConversationError> Open(UserId opener, UserId peer);
  Result<ConversationView, ViewError> Find(UserId viewer, ConversationId conversation);
  std::vector<ConversationView> List(ConversationPageRequest page);
};
class MessagesContract : public StoreContract {
 protected:
  Result<EntryPage, ViewError> ReadPage(EntryPageRequest page);
};
class PresenceRecordsContract : public StoreContract {
 protected:
  std::vector<LastSeen> FindVisible(UserId viewer, std::vector<UserId> users);
};

}  // namespace chat::contracts

// Runs the suites of all storage ports on one kind of store.
#define CHAT_INSTANTIATE_STORE_CONTRACTS(Name, kind)                                       \
  INSTANTIATE_TEST_SUITE_P(Name, AccountsContract, testing::Values(kind), StoreName);      \
  INSTANTIATE_TEST_SUITE_P(Name, SessionsContract, testing::Values(kind), StoreName);      \
  INSTANTIATE_TEST_SUITE_P(Name, SigningKeysContract, testing::Values(kind), StoreName);   \
  INSTANTIATE_TEST_SUITE_P(Name, ContactsContract, testing::Values(kind), StoreName);      \
  INSTANTIATE_TEST_SUITE_P(Name, ConversationsContract, testing::Values(kind), StoreName); \
  INSTANTIATE_TEST_SUITE_P(Name, MessagesContract, testing::Values(kind), StoreName);      \
  INSTANTIATE_TEST_SUITE_P(Name, PresenceRecordsContract, testing::Values(kind), StoreName)
