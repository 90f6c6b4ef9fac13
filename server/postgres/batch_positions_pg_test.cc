// How PostgreSQL's commits are placed: dense in each lane of each start of a node, and not
// numbered.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>

#include "protocol/ids.h"
#include "server/ports/bus.h"
#include "server/ports/messages.h"
#include "server/postgres/two_nodes.h"

namespace chat::postgres {
namespace {

class BatchPositionsTest : public TwoNodesTest {
 protected:
  // Texts of `sender` on both nodes at once.
  void SendAll(ConversationId conversation, UserId sender, int count) {
    const auto appended = AwaitAll<Appended, AppendError>(count, [&](int i, auto done) {
      node(i).messages.Append({.conversation_id = conversation,
                               .sender_id = sender,
                               .client_msg_id = std::to_string(i),
                               .text = "hello",
                               .reply_to_seq = {},
                               .origin = {}},
                              std::move(done));
    });
    for (const auto& each : appended) EXPECT_TRUE(each.has_value());
  }

  // Of the node, and that its batches follow one another without a hole in each lane.
  Epoch CheckPositions(NodePorts& node) {
    std::map<std::uint32_t, std::uint64_t> last;
    Epoch origin;
    for (const auto& batch : node.bus.batches()) {
      if (origin == Epoch()) origin = batch->position.origin;
      EXPECT_EQ(batch->number, 0u) << "the cluster says how far the bus is";
      EXPECT_EQ(batch->position.origin, origin);
      EXPECT_EQ(batch->position.batch, ++last[batch->position.lane]);
    }
    return origin;
  }
};

TEST_F(BatchPositionsTest, FollowOneAnotherInEachLaneOfEachNode) {
  const auto users = AddUsers(2);
  const ConversationId conversation = AddDirect(users[0], users[1]);

  SendAll(conversation, users[0], 200);

  const Epoch first = CheckPositions(node(0));
  const Epoch second = CheckPositions(node(1));
  EXPECT_NE(first, Epoch());
  EXPECT_NE(second, Epoch());
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace chat::postgres
