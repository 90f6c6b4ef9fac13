#include "server/sqlite/entry_rows.h"

#include <optional>
#include <string>
#include <utility>

#include "protocol/timestamp.h"

namespace chat::sqlite {
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

Entry ReadEntry(const Statement& row, ConversationId conversation) {
  return {.conversation_id = conversation,
          .seq = row.Get<Seq>(0),
          .message_id = row.Get<MessageId>(1),
          .kind = EntryKindFrom(row.Get<std::string_view>(2)),
          .sender_id = row.Get<UserId>(3),
          .client_msg_id = row.Get<std::string>(4),
          .text = row.Get<std::string>(5),
          .created_at = row.Get<UnixTime>(6),
          .edited_at = row.Get<std::optional<UnixTime>>(7),
          .deleted = row.Get<bool>(8),
          .reply_to_seq = row.Get<std::optional<Seq>>(9),
          .subject_user_id = row.Get<std::optional<UserId>>(10),
          .name = row.Get<std::optional<std::string>>(11),
          .role = row.Get<std::optional<std::string>>(12),
          .change = row.Get<Change>(13)};
}

}  // namespace chat::sqlite
