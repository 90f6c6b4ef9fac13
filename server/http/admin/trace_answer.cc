#include "server/http/admin/trace_answer.h"

#include <cstdint>
#include <optional>

#include "protocol/timestamp.h"
#include "server/core/wire.h"

namespace chat::http {
namespace {

admin::v1::TracedCommit Show(const TracedCommit& commit) {
  admin::v1::TracedCommit shown;
  shown.set_epoch(commit.position.origin.number());
  shown.set_node(commit.node);
  shown.set_lane(commit.position.lane);
  shown.set_batch(static_cast<std::int64_t>(commit.position.batch));
  *shown.mutable_committed_at() = ToProtoTimestamp(commit.committed_at);
  return shown;
}

admin::v1::TracedMember Show(const TracedMember& member, Seq seq) {
  admin::v1::TracedMember shown;
  *shown.mutable_user() = ToWire(member.user);
  shown.set_delivered(member.delivered_seq >= seq || member.read_seq >= seq);
  shown.set_read(member.read_seq >= seq);
  if (member.left_seq) shown.set_left_seq(member.left_seq->number());
  return shown;
}

}  // namespace

admin::v1::TraceResponse MakeTraceAnswer(const MessageTrace& trace,
                                         const std::function<bool(UserId)>& is_online) {
  admin::v1::TraceResponse answer;
  answer.set_text_bytes(static_cast<std::uint32_t>(trace.entry.text.size()));
  *answer.mutable_message() = ToWire(trace.entry);
  answer.mutable_message()->clear_text();
  *answer.mutable_conversation() = ToWire(trace.conversation, std::nullopt);
  if (trace.sender) *answer.mutable_sender() = ToWire(*trace.sender);
  if (trace.commit) *answer.mutable_commit() = Show(*trace.commit);
  for (const TracedMember& member : trace.members) {
    if (answer.members_size() == kTracedMembersMax) {
      answer.set_more_members(true);
      break;
    }
    admin::v1::TracedMember& shown = *answer.add_members();
    shown = Show(member, trace.entry.seq);
    shown.set_online(is_online(member.user.user_id));
  }
  return answer;
}

}  // namespace chat::http
