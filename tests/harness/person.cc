#include "tests/harness/person.h"

#include <algorithm>
#include <utility>

namespace chat::testing {
namespace {

std::string_view NameOf(v1::ServerFrame::BodyCase kind) {
  const auto* field = v1::ServerFrame::descriptor()->FindFieldByNumber(kind);
  return field != nullptr ? std::string_view(field->name()) : "nothing";
}

}  // namespace

Person::Person(Endpoint server, std::string name, Encoding encoding)
    : server_(server), encoding_(encoding), name_(std::move(name)), api_(std::move(server)) {
  v1::RegisterRequest request;
  request.set_username(name_);
  request.set_email(name_ + "@example.org");
  request.set_password(std::string(kPassword));
  const auto answer = api_.Post<v1::RegisterResponse>("/v1/auth/register", request);
  if (answer.status != 201) Complain("cannot register: " + answer.problem.code());
  user_ = answer.body.user();
}

Person Person::AtAnotherDevice(std::string device_name) const {
  Person other;
  other.server_ = server_;
  other.encoding_ = encoding_;
  other.name_ = name_;
  other.device_ = std::move(device_name);
  other.api_ = Api(server_);
  other.user_ = user_;
  other.conversation_ = conversation_;
  return other;
}

void Person::Complain(const std::string& about) const {
  std::string text = name_ + " at the " + device_ + ": " + about;
  if (!heard_.empty()) text += "; heard instead:";
  for (const v1::ServerFrame& frame : heard_) {
    text.append("\n  ").append(frame.ShortDebugString().substr(0, 400));
  }
  throw Surprise(text);
}

void Person::MovesTo(const Endpoint& server) {
  server_ = server;
  api_ = Api(server);
  api_.set_access_token(login_.access_token());
}

void Person::LogsIn() {
  v1::LoginRequest request;
  request.set_username(name_);
  request.set_password(std::string(kPassword));
  request.set_device_name(device_);
  api_.set_access_token("");
  auto answer = api_.Post<v1::LoginResponse>("/v1/auth/login", request);
  if (answer.status != 200) Complain("cannot log in: " + answer.problem.code());
  login_ = std::move(answer.body);
  api_.set_access_token(login_.access_token());
}

void Person::LogsOut() {
  const auto answer = api_.Post<NoBody>("/v1/auth/logout");
  if (answer.status != 204) Complain("cannot log out: " + answer.problem.code());
}

std::string Person::TakesATicket() {
  const auto answer = api_.Post<v1::OtpResponse>("/v1/auth/otp");
  if (answer.status != 201) Complain("gets no ticket: " + answer.problem.code());
  return answer.body.otp();
}

void Person::Connects(ConnectOptions options) {
  options.encoding = encoding_;
  if (options.ticket.empty() && options.access_token.empty()) options.ticket = TakesATicket();
  heard_.clear();
  client_.reset();
  auto client = ChatClient::Connect(server_, options);
  if (!client) Complain("cannot connect: " + std::to_string(client.error().status));
  client_ = *std::move(client);
  welcome_ = Next(v1::ServerFrame::kWelcome).welcome();
}

void Person::Disconnects() {
  client_->SendClose(websocket::CloseCode::kNormal);
  IsClosedWith(websocket::CloseCode::kNormal);
}

void Person::Vanishes() {
  client_->Reset();
  client_.reset();
}

void Person::IsClosedWith(websocket::CloseCode code) {
  auto frame = client_->Receive();
  while (frame) {
    heard_.push_back(*std::move(frame));
    frame = client_->Receive();
  }
  const auto got = frame.error().code;
  client_.reset();
  if (got != code) {
    Complain("is closed with " + std::to_string(got ? static_cast<int>(*got) : 0) + " instead of " +
             std::to_string(static_cast<int>(code)));
  }
}

void Person::Asks(const Person& other) {
  PostContact(other);
  if (client_) ReceivesContact("requested", other);
}

void Person::AsksBack(const Person& other) {
  PostContact(other);
  if (client_) ReceivesContact("accepted", other);
}

void Person::PostContact(const Person& other) {
  v1::AddContactRequest request;
  request.set_username(other.name());
  const auto answer = api_.Post<v1::ContactResponse>("/v1/contacts", request);
  if (answer.status != 201) Complain("cannot ask: " + answer.problem.code());
}

void Person::Accepts(const Person& other) {
  const auto answer =
      api_.Post<v1::ContactResponse>("/v1/contacts/" + other.id().ToString() + "/accept");
  if (answer.status != 200) Complain("cannot accept: " + answer.problem.code());
  if (client_) ReceivesContact("accepted", other);
}

void Person::Removes(const Person& other) {
  const auto answer = api_.Delete("/v1/contacts/" + other.id().ToString());
  if (answer.status != 204) Complain("cannot remove: " + answer.problem.code());
  if (client_) ReceivesContact("removed", other);
}

void Person::OpensChatWith(const Person& other) {
  v1::CreateConversationRequest request;
  request.set_kind("direct");
  request.set_user_id(other.id().number());
  const auto answer = api_.Post<v1::ConversationResponse>("/v1/conversations", request);
  if (answer.status != 201 && answer.status != 200) {
    Complain("cannot open a conversation: " + answer.problem.code());
  }
  conversation_ = ConversationId(answer.body.conversation().conversation_id());
}

void Person::Befriends(Person& other) {
  Asks(other);
  other.ReceivesContact("requested", *this);
  other.Accepts(*this);
  ReceivesContact("accepted", other);
}

std::string Person::NextClientMsgId() {
  return name_ + '-' + device_ + '-' + std::to_string(++sends_);
}

v1::SendCommand Person::MakeSend(std::string_view client_msg_id, std::string_view text) const {
  v1::SendCommand command;
  command.set_conversation_id(conversation_.number());
  command.set_client_msg_id(std::string(client_msg_id));
  command.set_text(std::string(text));
  return command;
}

Acked Person::Sends(std::string_view text) { return IsAcked(BeginsToSend(text)); }

Acked Person::SendsAs(std::string_view client_msg_id, std::string_view text) {
  BeginsToSendAs(client_msg_id, text);
  return IsAcked(client_msg_id);
}

std::string Person::BeginsToSend(std::string_view text) {
  std::string client_msg_id = NextClientMsgId();
  BeginsToSendAs(client_msg_id, text);
  return client_msg_id;
}

void Person::BeginsToSendAs(std::string_view client_msg_id, std::string_view text) {
  v1::ClientFrame frame;
  *frame.mutable_send() = MakeSend(client_msg_id, text);
  Send(frame);
}

Acked Person::IsAcked(std::string_view client_msg_id) {
  const v1::AckEvent ack = Next(v1::ServerFrame::kAck).ack();
  if (ack.client_msg_id() != client_msg_id || ack.conversation_id() != conversation_.number()) {
    Complain("got another ack: " + ack.ShortDebugString());
  }
  return {.seq = ack.seq(), .message_id = ack.message_id()};
}

v1::AckEvent Person::Edits(std::int64_t seq, std::string_view text) {
  v1::ClientFrame frame;
  frame.mutable_edit()->set_conversation_id(conversation_.number());
  frame.mutable_edit()->set_seq(seq);
  frame.mutable_edit()->set_text(std::string(text));
  Send(frame);
  return Next(v1::ServerFrame::kAck).ack();
}

v1::AckEvent Person::Deletes(std::int64_t seq) {
  v1::ClientFrame frame;
  frame.mutable_delete_()->set_conversation_id(conversation_.number());
  frame.mutable_delete_()->set_seq(seq);
  Send(frame);
  return Next(v1::ServerFrame::kAck).ack();
}

v1::AckEvent Person::Reacts(std::int64_t seq, std::string_view emoji, bool on) {
  v1::ClientFrame frame;
  frame.mutable_react()->set_conversation_id(conversation_.number());
  frame.mutable_react()->set_seq(seq);
  frame.mutable_react()->set_emoji(std::string(emoji));
  frame.mutable_react()->set_on(on);
  Send(frame);
  return Next(v1::ServerFrame::kAck).ack();
}

Pulled Person::Syncs(std::int64_t after_seq, std::int64_t after_change) {
  v1::ClientFrame frame;
  v1::SyncCursor& cursor = *frame.mutable_sync()->add_cursors();
  cursor.set_conversation_id(conversation_.number());
  cursor.set_after_seq(after_seq);
  cursor.set_after_change(after_change);
  Send(frame);
  Pulled pulled;
  pulled.done = Next(v1::ServerFrame::kSyncDone).sync_done();
  // Live flow of this conversation stood still, so these are the page's, or were sent before it.
  std::erase_if(heard_, [&](v1::ServerFrame& frame) {
    if (!frame.has_message()) return false;
    if (frame.message().conversation_id() != conversation_.number()) return false;
    pulled.messages.push_back(std::move(*frame.mutable_message()));
    return true;
  });
  return pulled;
}

v1::PresenceEvent Person::Watches(const std::vector<UserId>& users) {
  v1::ClientFrame frame;
  for (const UserId user : users) frame.mutable_watch_presence()->add_user_ids(user.number());
  frame.mutable_watch_presence();
  frame.set_ref(++sends_);
  Send(frame);
  while (true) {
    v1::ServerFrame answer = Next(v1::ServerFrame::kPresence);
    if (answer.ref() == frame.ref()) return answer.presence();
  }
}

void Person::Beats() {
  v1::ClientFrame frame;
  frame.mutable_heartbeat();
  Send(frame);
  Next(v1::ServerFrame::kHeartbeatAck);
}

void Person::Reads(std::int64_t seq) {
  v1::ClientFrame frame;
  frame.mutable_receipt()->set_conversation_id(conversation_.number());
  frame.mutable_receipt()->set_read_seq(seq);
  Send(frame);
}

void Person::BeginsToType() {
  v1::ClientFrame frame;
  frame.mutable_typing()->set_conversation_id(conversation_.number());
  frame.mutable_typing()->set_active(true);
  Send(frame);
}

void Person::StopsTyping() {
  v1::ClientFrame frame;
  frame.mutable_typing()->set_conversation_id(conversation_.number());
  frame.mutable_typing()->set_active(false);
  Send(frame);
}

v1::ReceiptEvent Person::ReceivesReceipt() { return Next(v1::ServerFrame::kReceipt).receipt(); }

v1::TypingEvent Person::SeesTyping() { return Next(v1::ServerFrame::kTyping).typing(); }

v1::ServerFrame Person::Next(v1::ServerFrame::BodyCase kind) {
  const auto found = std::ranges::find(heard_, kind, &v1::ServerFrame::body_case);
  if (found != heard_.end()) {
    v1::ServerFrame frame = std::move(*found);
    heard_.erase(found);
    return frame;
  }
  const Deadline deadline;
  while (true) {
    v1::ServerFrame frame = Await(kind, deadline);
    if (frame.body_case() == kind) return frame;
    heard_.push_back(std::move(frame));
  }
}

v1::ServerFrame Person::Await(v1::ServerFrame::BodyCase kind, const Deadline& deadline) {
  const std::string waited = "waited for " + std::string(NameOf(kind));
  auto received = [&] {
    try {
      return client_->Receive(deadline);
    } catch (const Surprise& surprise) {
      Complain(waited + ": " + surprise.what());
    }
  }();
  if (received) return *std::move(received);
  const auto code = received.error().code;
  Complain(waited + ", but was closed with " + std::to_string(code ? static_cast<int>(*code) : 0));
}

v1::Message Person::Receives(std::string_view text) {
  v1::Message message = Next(v1::ServerFrame::kMessage).message();
  if (message.text() != text || message.conversation_id() != conversation_.number()) {
    Complain("waited for \"" + std::string(text) + "\", but got " + message.ShortDebugString());
  }
  return message;
}

void Person::ReceivesContact(std::string_view event, const Person& who) {
  const v1::ContactEvent contact = Next(v1::ServerFrame::kContact).contact();
  if (contact.event() != event || contact.user().user_id() != who.id().number()) {
    Complain("waited for contact " + std::string(event) + " of " + who.name() + ", but got " +
             contact.ShortDebugString());
  }
}

v1::Conversation Person::ReceivesConversation(std::string_view event) {
  const v1::ConversationEvent got = Next(v1::ServerFrame::kConversation).conversation();
  if (got.event() != event) Complain("got another event: " + got.ShortDebugString());
  conversation_ = ConversationId(got.conversation().conversation_id());
  return got.conversation();
}

v1::ErrorEvent Person::IsRefused(std::string_view code) {
  const v1::ErrorEvent error = Next(v1::ServerFrame::kError).error();
  if (error.code() != code) Complain("is refused otherwise: " + error.ShortDebugString());
  return error;
}

v1::GapEvent Person::ReceivesGap() { return Next(v1::ServerFrame::kGap).gap(); }

v1::GoAwayEvent Person::IsToldToGo() { return Next(v1::ServerFrame::kGoAway).go_away(); }

v1::Presence Person::Sees(const Person& who, Seen seen) {
  const v1::PresenceEvent presence = Next(v1::ServerFrame::kPresence).presence();
  for (const v1::Presence& user : presence.users()) {
    if (user.user_id() == who.id().number() && user.online() == (seen == Seen::kOnline)) {
      return user;
    }
  }
  Complain("sees something else of " + who.name() + ": " + presence.ShortDebugString());
}

void Person::HearsNothingElse() {
  Beats();
  if (!heard_.empty()) Complain("hears more than expected");
}

}  // namespace chat::testing
