// What was acked survives the death of the process at any moment.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/messages.h"
#include "server/sqlite/conversation_fixture.h"
#include "server/sqlite/messages.h"

namespace chat::sqlite {
namespace {

constexpr int kCrashes = 5;
constexpr int kAcksBeforeEachCrash = 100;
constexpr int kInFlight = 16;

struct Ack {
  std::int64_t seq;
  std::int64_t message_id;
};

class CrashTest : public ConversationFixture {
 protected:
  // Another process, which sends without end and writes each ack to `pipe`, until it is killed.
  pid_t StartSender(UserId sender, ConversationId conversation, int crash, int pipe) {
    const pid_t child = fork();
    if (child != 0) return child;
    Open(Options());
    Messages messages(database(), executor());
    int sent = 0;
    std::function<void()> send = [&] {
      const std::string id = std::to_string(crash) + "/" + std::to_string(++sent);
      messages.Append(TextMessage(conversation, sender, id, id),
                      [&](Result<Appended, AppendError> appended) {
                        const Ack ack{appended->seq.number(), appended->message_id.number()};
                        if (write(pipe, &ack, sizeof(ack)) != sizeof(ack)) _exit(1);
                        send();
                      });
    };
    for (int i = 0; i < kInFlight; ++i) send();
    executor().RunUntil([] { return false; });
    _exit(1);
  }

  // Kills the sender after some acks, and returns them and those that were on their way.
  std::vector<Ack> RunUntilCrash(UserId sender, ConversationId conversation, int crash) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    const pid_t child = StartSender(sender, conversation, crash, ends[1]);
    close(ends[1]);
    std::vector<Ack> acks;
    Ack ack{};
    while (read(ends[0], &ack, sizeof(ack)) == sizeof(ack)) {
      acks.push_back(ack);
      if (acks.size() == kAcksBeforeEachCrash) kill(child, SIGKILL);
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the sender ended by itself";
    return acks;
  }
};

TEST_F(CrashTest, LosesNoAckedMessageAndLeavesNoHole) {
  Open(Options());
  const UserId alice = AddUser("alice");
  const ConversationId conversation = AddDirect(alice, AddUser("bob"));
  Seq before;
  for (int crash = 0; crash < kCrashes; ++crash) {
    Close();  // one process at a time

    const std::vector<Ack> acks = RunUntilCrash(alice, conversation, crash);

    Open(Options());
    const std::vector<Entry> history = ReadHistory(alice, conversation, before);
    ASSERT_GE(acks.size(), static_cast<std::size_t>(kAcksBeforeEachCrash));
    ASSERT_GE(history.size(), acks.size());
    for (std::size_t i = 0; i < history.size(); ++i) {
      EXPECT_EQ(history[i].seq - before, static_cast<std::int64_t>(i) + 1);
    }
    for (const Ack& ack : acks) {
      const Entry& entry = history[ack.seq - before.number() - 1];
      EXPECT_EQ(entry.message_id, MessageId(ack.message_id));
    }
    before = history.back().seq;
  }
}

}  // namespace
}  // namespace chat::sqlite
