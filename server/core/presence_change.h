// That someone came or went, as those who watch them are told.
// Made by PresenceMap and for the snapshot of a new watch, taken by Outbox.
#pragma once

#include "server/core/wire.h"
#include "server/ports/presence_records.h"

namespace chat {

struct PresenceChange {
  LastSeen seen;  // its time counts only while offline
  OnlineState online = OnlineState::kOffline;
};

}  // namespace chat
