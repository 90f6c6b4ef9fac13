#include "server/chatctl/copied_tables.h"

#include <array>

namespace chat::chatctl {
namespace {

// Where no column holds bytes, they are read as they are named.
#define CHAT_COPIED_TABLE(name, columns) \
  CopiedTable { name, columns, "SELECT " columns " FROM " name, "SELECT count(*) FROM " name }
#define CHAT_COPIED_BYTES_TABLE(name, columns, expressions) \
  CopiedTable { name, columns, "SELECT " expressions " FROM " name, "SELECT count(*) FROM " name }

constexpr std::array kTables = {
    CHAT_COPIED_TABLE("users",
                      "user_id, username, display_name, email, password_hash, bot, disabled, "
                      "created_at, last_change, last_seen_at"),
    CHAT_COPIED_BYTES_TABLE(
        "sessions",
        "session_id, user_id, device_name, refresh_hash, created_at, last_used_at, expires_at, "
        "revoked_at, push",
        "session_id, user_id, device_name, '\\x' || hex(refresh_hash), created_at, last_used_at, "
        "expires_at, revoked_at, push"),
    CHAT_COPIED_BYTES_TABLE("replaced_refresh_tokens", "refresh_hash, session_id, replaced_at",
                            "'\\x' || hex(refresh_hash), session_id, replaced_at"),
    CHAT_COPIED_BYTES_TABLE("signing_keys", "key_id, material, created_at, retires_at",
                            "key_id, '\\x' || hex(material), created_at, retires_at"),
    CHAT_COPIED_BYTES_TABLE("used_tickets", "nonce, expires_at", "'\\x' || hex(nonce), expires_at"),
    CHAT_COPIED_TABLE("contacts", "user_id, other_id, state, created_at"),
    CHAT_COPIED_TABLE("blocks", "user_id, blocked_id, created_at"),
    CHAT_COPIED_TABLE("conversations",
                      "conversation_id, kind, name, created_at, members_count, members_seq, "
                      "last_seq, last_change, last_activity, closed"),
    CHAT_COPIED_TABLE("conversation_members",
                      "conversation_id, user_id, role, joined_seq, left_seq, read_seq, "
                      "delivered_seq, muted_until, archived"),
    CHAT_COPIED_TABLE("direct_conversations", "user_lo, user_hi, conversation_id"),
    CHAT_COPIED_BYTES_TABLE(
        "messages",
        "conversation_id, seq, message_id, kind, sender_id, client_msg_id, content_hash, text, "
        "created_at, reply_to_seq, subject_user_id, name, role, payload, payload_type, "
        "attachments, mentions, edited_at, deleted, change",
        "conversation_id, seq, message_id, kind, sender_id, client_msg_id, "
        "'\\x' || hex(content_hash), text, created_at, reply_to_seq, subject_user_id, name, role, "
        "'\\x' || hex(payload), payload_type, attachments, mentions, edited_at, deleted, change"),
    CHAT_COPIED_TABLE("reactions", "conversation_id, seq, emoji, user_id, change"),
    CHAT_COPIED_TABLE("user_changes", "user_id, change, kind, subject_id"),
};

}  // namespace

std::span<const CopiedTable> CopiedTables() { return kTables; }

}  // namespace chat::chatctl
