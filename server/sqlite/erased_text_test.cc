// What was deleted is not to be found in the file any more, however it is read.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "protocol/ids.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/sqlite/conversation_fixture.h"
#include "server/sqlite/message_changes.h"
#include "server/sqlite/messages.h"

namespace chat::sqlite {
namespace {

class ErasedTextTest : public ConversationFixture {
 protected:
  void SetUp() override {
    Open(Options());
    alice_ = AddUser("alice");
    conversation_ = AddDirect(alice_, AddUser("bob"));
  }

  Seq Send(const std::string& id, const std::string& text) {
    Messages messages(database(), executor());
    const auto sent = Await<Appended, AppendError>([&](auto done) {
      messages.Append(TextMessage(conversation_, alice_, id, text), std::move(done));
    });
    EXPECT_TRUE(sent.has_value());
    return sent ? sent->seq : Seq();
  }

  void Edit(Seq seq, const std::string& text) {
    MessageChanges changes(database(), executor());
    EXPECT_TRUE((Await<EntryChanged, ChangeError>([&](auto done) {
                  changes.Edit({alice_, conversation_, seq, text}, std::move(done));
                })).has_value());
  }

  void Delete(Seq seq) {
    MessageChanges changes(database(), executor());
    EXPECT_TRUE((Await<EntryChanged, ChangeError>([&](auto done) {
                  changes.Delete({alice_, conversation_, seq}, std::move(done));
                })).has_value());
  }

  // Of the store, which is closed: the log is in the file then.
  bool FileHolds(const std::string& text) {
    Close();
    std::ifstream file(Options().data_dir / "chat.sqlite3", std::ios::binary);
    EXPECT_TRUE(file.is_open());
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return bytes.contains(text);
  }

 private:
  UserId alice_;
  ConversationId conversation_;
};

TEST_F(ErasedTextTest, IsInTheFileUntilItIsDeleted) {
  Send("1", "nothing to hide");

  EXPECT_TRUE(FileHolds("nothing to hide"));
}

TEST_F(ErasedTextTest, LeavesNothingInTheFile) {
  const Seq shorter = Send("1", "the first secret");
  const Seq longer = Send("2", std::string(20'000, 'x') + "the second secret");
  const Seq edited = Send("3", "the third secret");
  Send("4", "nothing to hide");

  Delete(shorter);
  Delete(longer);
  Edit(edited, "no more");

  EXPECT_FALSE(FileHolds("secret"));
}

}  // namespace
}  // namespace chat::sqlite
