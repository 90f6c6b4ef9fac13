// The one mapping from the domain's values to the schema's things: HTTP answers and live frames
// show a user, a contact or a message alike because both come from here. It decides no rule and
// reads no request; used by the HTTP handlers and by core's fan-out.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/chat.pb.h"
#include "server/ports/accounts.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/groups.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"

namespace chat {

enum class OnlineState { kOffline, kOnline };

// The words of the schema.
std::string_view ToWire(EntryKind kind);
std::string_view ToWire(ConversationKind kind);
std::string_view ToWire(Role role);
std::string_view ToWire(ContactState state);

// As others see a user: without the email.
v1::User ToWire(const User& user);

// As a user sees themselves: with the email.
v1::User ToWire(const Account& account);

// While online there is no `last_seen_at`. Whose request is not accepted yet is a stranger: nothing
// of their presence is shown.
v1::Contact ToWire(const Contact& contact, OnlineState online);
v1::Presence ToWire(const LastSeen& seen, OnlineState online);

v1::Member ToWire(const Member& member);

// Takes the entry by value: its text may be large.
v1::Message ToWire(Entry entry);

// The part that all members share, as frames carry it.
v1::Conversation ToWire(const Conversation& conversation, const std::optional<User>& peer);

// With the reader's own part, as HTTP answers carry it.
v1::Conversation ToWire(const ConversationView& view);

}  // namespace chat
