// Somebody at one device, in the words of the story: `alice.Sends("hi"); bob.Receives("hi");`.
// What a person does waits for the server's answer, and what a person is said to receive is waited
// for; if it does not come, the test ends with the frames that came instead.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/envelope.h"
#include "protocol/ids.h"
#include "protocol/websocket/close_code.h"
#include "tests/harness/api.h"
#include "tests/harness/chat_client.h"
#include "tests/harness/deadline.h"
#include "tests/harness/socket.h"

namespace chat::testing {

enum class Seen { kOnline, kOffline };

// What a sender knows of an entry once it is acked.
struct Acked {
  std::int64_t seq = 0;
  std::int64_t message_id = 0;

  friend bool operator==(const Acked&, const Acked&) = default;
};

// What a sync brought.
struct Pulled {
  std::vector<v1::Message> messages;
  v1::SyncDoneEvent done;
};

// Thread: one. Lifetime: the test's, not longer than the server's.
class Person {
 public:
  static constexpr std::string_view kPassword = "correct horse battery staple";

  // Registers.
  Person(Endpoint server, std::string name, Encoding encoding);

  // The same user somewhere else, not logged in yet.
  Person AtAnotherDevice(std::string device_name) const;

  // ---- Account

  // Talks to another node of the same cluster from the next call and the next connection on.
  void MovesTo(const Endpoint& server);
  void LogsIn();
  void LogsOut();
  // Asks for a fresh ticket.
  std::string TakesATicket();

  // ---- Connection

  // With a fresh ticket; takes the welcome.
  void Connects(ConnectOptions options = {});
  // Leaves as a client that is done: with a close frame, and waits for its answer.
  void Disconnects();
  // Leaves as a machine that crashed.
  void Vanishes();
  void IsClosedWith(websocket::CloseCode code);
  ChatClient& client() { return *client_; }

  // ---- Contacts and conversations. Who does it hears of it on every device; this one is waited
  // for.

  void Asks(const Person& other);
  // Asks who has asked already, which is an acceptance too.
  void AsksBack(const Person& other);
  void Accepts(const Person& other);
  void Removes(const Person& other);
  // Both take the frames that come of it.
  void Befriends(Person& other);
  // The direct conversation; what is sent and synced from here on belongs to it.
  void OpensChatWith(const Person& other);
  void TalksIn(ConversationId conversation) { conversation_ = conversation; }

  // ---- Frames: sending

  Acked Sends(std::string_view text);
  // The same `client_msg_id` again, or one of the test's own choice.
  Acked SendsAs(std::string_view client_msg_id, std::string_view text);
  // Returns at once; the ack is still to come. Returns the client_msg_id.
  std::string BeginsToSend(std::string_view text);
  void BeginsToSendAs(std::string_view client_msg_id, std::string_view text);
  Acked IsAcked(std::string_view client_msg_id);
  // Each returns the ack; who changes an entry also hears of it, as everybody does.
  v1::AckEvent Edits(std::int64_t seq, std::string_view text);
  v1::AckEvent Deletes(std::int64_t seq);
  v1::AckEvent Reacts(std::int64_t seq, std::string_view emoji, bool on = true);
  Pulled Syncs(std::int64_t after_seq, std::int64_t after_change = 0);
  v1::PresenceEvent Watches(const std::vector<UserId>& users);
  void Beats();
  // In the conversation that is open. Neither has an answer.
  void Reads(std::int64_t seq);
  void BeginsToType();
  void StopsTyping();

  // ---- Frames: receiving. Other kinds that come first are kept for later.

  v1::Message Receives(std::string_view text);
  void ReceivesContact(std::string_view event, const Person& who);
  v1::Conversation ReceivesConversation(std::string_view event);
  v1::ErrorEvent IsRefused(std::string_view code);
  v1::GapEvent ReceivesGap();
  v1::ReceiptEvent ReceivesReceipt();
  v1::TypingEvent SeesTyping();
  v1::GoAwayEvent IsToldToGo();
  // Waits for the change of somebody's presence.
  v1::Presence Sees(const Person& who, Seen seen);
  // Nothing is left that was not asked for, up to the answer to a heartbeat.
  void HearsNothingElse();

  // The next frame of this kind.
  v1::ServerFrame Next(v1::ServerFrame::BodyCase kind);
  void Send(const v1::ClientFrame& frame) { client_->Send(frame); }

  const std::string& name() const { return name_; }
  const std::string& device() const { return device_; }
  UserId id() const { return UserId(user_.user_id()); }
  const v1::User& user() const { return user_; }
  ConversationId conversation() const { return conversation_; }
  const v1::LoginResponse& login() const { return login_; }
  const v1::WelcomeEvent& welcome() const { return welcome_; }
  Api& api() { return api_; }
  const Api& api() const { return api_; }

 private:
  Person() = default;

  // The next frame; throws Surprise when there is none, which says that `kind` was waited for.
  v1::ServerFrame Await(v1::ServerFrame::BodyCase kind, const Deadline& deadline);
  std::string NextClientMsgId();
  v1::SendCommand MakeSend(std::string_view client_msg_id, std::string_view text) const;
  void PostContact(const Person& other);
  [[noreturn]] void Complain(const std::string& about) const;

  Endpoint server_;
  Encoding encoding_ = Encoding::kJson;
  std::string name_;
  std::string device_ = "phone";
  Api api_{Endpoint()};
  v1::User user_;
  v1::LoginResponse login_;
  v1::WelcomeEvent welcome_;
  ConversationId conversation_;
  std::optional<ChatClient> client_;
  // Arrived and not asked for yet.
  std::deque<v1::ServerFrame> heard_;
  std::uint32_t sends_ = 0;
};

}  // namespace chat::testing
