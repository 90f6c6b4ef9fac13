#include "server/chatctl/trace.h"

#include "protocol/chat.pb.h"
#include "server/chatctl/rows.h"
#include "server/http/admin/admin.pb.h"
#include "server/http/admin/admin_client.h"
#include "server/http/request.h"

namespace chat::chatctl {
namespace {

std::string Name(const v1::User& user) {
  return user.username() + " (" + std::to_string(user.user_id()) + ")";
}

void PrintMessage(const admin::v1::TraceResponse& trace) {
  const v1::Message& message = trace.message();
  PrintRow("message", std::to_string(message.message_id()) + ", " + message.kind() + ", " +
                          std::to_string(trace.text_bytes()) + " bytes");
  PrintRow("conversation", std::to_string(message.conversation_id()) + ", " +
                               trace.conversation().kind() + ", " +
                               std::to_string(trace.conversation().members_count()) + " members");
  PrintRow("seq", std::to_string(message.seq()) + " of " +
                      std::to_string(trace.conversation().last_seq()));
  PrintRow("sender",
           trace.has_sender() ? Name(trace.sender()) : std::to_string(message.sender_id()));
  if (!message.client_msg_id().empty()) PrintRow("client_msg_id", message.client_msg_id());
  PrintRow("created_at", ShowTime(message.created_at()));
  if (message.has_edited_at()) PrintRow("edited_at", ShowTime(message.edited_at()));
  if (message.deleted()) PrintRow("deleted", "yes");
  if (message.change() > 0) PrintRow("change", std::to_string(message.change()));
}

void PrintCommit(const admin::v1::TracedCommit& commit) {
  PrintRow("committed_at", ShowTime(commit.committed_at()));
  PrintRow("committed_by", commit.node().empty() ? "a node that has ended" : commit.node());
  PrintRow("commit", "epoch " + std::to_string(commit.epoch()) + ", lane " +
                         std::to_string(commit.lane()) + ", batch " +
                         std::to_string(commit.batch()));
}

std::string Progress(const admin::v1::TracedMember& member) {
  if (member.has_left_seq()) return "left at " + std::to_string(member.left_seq());
  if (member.read()) return "read";
  return member.delivered() ? "delivered" : "not known to be delivered";
}

void PrintMembers(const admin::v1::TraceResponse& trace) {
  for (const admin::v1::TracedMember& member : trace.members()) {
    PrintRow("member", Name(member.user()) + (member.online() ? ", online, " : ", offline, ") +
                           Progress(member));
  }
  if (trace.more_members()) PrintRow("member", "…");
}

}  // namespace

Outcome<void> TraceMessage(const AdminConnection& server, const std::string& message_id) {
  admin::v1::TraceResponse trace;
  if (auto asked = server.AskFor(trace, http::Method::kGet,
                                 "/admin/messages/" + http::EscapeForTarget(message_id));
      !asked) {
    return asked;
  }
  PrintMessage(trace);
  if (trace.has_commit()) PrintCommit(trace.commit());
  PrintMembers(trace);
  return {};
}

}  // namespace chat::chatctl
