#include "server/postgres/entry_rows.h"

#include <optional>
#include <string>
#include <utility>

#include "protocol/timestamp.h"
#include "server/postgres/values.h"

namespace chat::postgres {
namespace {

constexpr EntryKind kEntryKinds[] = {EntryKind::kText,          EntryKind::kCreated,
                                     EntryKind::kRenamed,       EntryKind::kMemberAdded,
                                     EntryKind::kMemberRemoved, EntryKind::kRoleChanged};

EntryKind EntryKindFrom(std::string_view word) {
  for (const EntryKind kind : kEntryKinds) {
    if (ToWord(kind) == word) return kind;
  }
  return EntryKind::kText;
}

}  // namespace

std::string_view ToWord(EntryKind kind) {
  switch (kind) {
    case EntryKind::kText:
      return "text";
    case EntryKind::kCreated:
      return "created";
    case EntryKind::kRenamed:
      return "renamed";
    case EntryKind::kMemberAdded:
      return "member_added";
    case EntryKind::kMemberRemoved:
      return "member_removed";
    case EntryKind::kRoleChanged:
      return "role_changed";
  }
  std::unreachable();
}

Entry ReadEntry(const pqxx::row& row, int first, ConversationId conversation) {
  return {.conversation_id = conversation,
          .seq = row[first].as<Seq>(),
          .message_id = row[first + 1].as<MessageId>(),
          .kind = EntryKindFrom(row[first + 2].view()),
          .sender_id = row[first + 3].as<UserId>(),
          // NULL for entries that the server itself makes.
          .client_msg_id = std::string(row[first + 4].view()),
          .text = std::string(row[first + 5].view()),
          .created_at = row[first + 6].as<UnixTime>(),
          .edited_at = row[first + 7].as<std::optional<UnixTime>>(),
          .deleted = row[first + 8].as<bool>(),
          .reply_to_seq = row[first + 9].as<std::optional<Seq>>(),
          .subject_user_id = row[first + 10].as<std::optional<UserId>>(),
          .name = row[first + 11].as<std::optional<std::string>>(),
          .role = row[first + 12].as<std::optional<std::string>>(),
          .change = row[first + 13].as<Change>()};
}

}  // namespace chat::postgres
