// The hub's answers to clients that change entries: edit, delete, react. The events that come of it
// go the way of entries, through Delivery.
#include <utility>

#include "protocol/text.h"
#include "server/core/change_refusals.h"
#include "server/core/hub.h"

namespace chat {

void Hub::HandleEdit(Connection& connection, Ref ref, const v1::EditCommand& command) {
  if (auto legal = CheckText(command.text()); !legal) {
    return Refuse(connection, ref, legal.error());
  }
  if (!AdmitSend(connection, ref)) return;
  const Place place{ConversationId(command.conversation_id()), Seq(command.seq())};
  ports_.message_changes.Edit({.editor = connection.owner().user_id,
                               .conversation_id = place.conversation_id,
                               .seq = place.seq,
                               .text = command.text()},
                              AnswerChange(connection, ref, place));
}

void Hub::HandleDelete(Connection& connection, Ref ref, const v1::DeleteCommand& command) {
  if (!AdmitSend(connection, ref)) return;
  const Place place{ConversationId(command.conversation_id()), Seq(command.seq())};
  ports_.message_changes.Delete({.deleter = connection.owner().user_id,
                                 .conversation_id = place.conversation_id,
                                 .seq = place.seq},
                                AnswerChange(connection, ref, place));
}

void Hub::HandleReact(Connection& connection, Ref ref, const v1::ReactCommand& command) {
  if (auto legal = CheckEmoji(command.emoji()); !legal) {
    return Refuse(connection, ref, legal.error());
  }
  if (!AdmitSend(connection, ref)) return;
  const Place place{ConversationId(command.conversation_id()), Seq(command.seq())};
  ports_.message_changes.React({.reactor = connection.owner().user_id,
                                .conversation_id = place.conversation_id,
                                .seq = place.seq,
                                .emoji = command.emoji(),
                                .on = command.on()},
                               AnswerChange(connection, ref, place));
}

Completion<EntryChanged, ChangeError> Hub::AnswerChange(Connection& connection, Ref ref,
                                                        Place place) {
  return [self = std::weak_ptr(self_), handle = connection.handle(), ref,
          place](Result<EntryChanged, ChangeError> answer) {
    const auto hub = self.lock();
    if (!hub) return;
    Connection* const waiting = (*hub)->roster_.Find(handle);
    if (waiting == nullptr) return;
    --waiting->sends_in_flight;
    if (!answer) return (*hub)->Refuse(*waiting, ref, ToRefusal(answer.error()));
    ++(*hub)->counters_.acks;
    waiting->Send(AckFrame(ref, ChangeAck{.conversation_id = place.conversation_id,
                                          .seq = place.seq,
                                          .change = answer->change}));
  };
}

}  // namespace chat
