// What happens when the disk is full, made in two ways: SQLite's own limit makes a statement fail,
// the kernel's limit on the size of files makes the write of a commit fail.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <string>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/messages.h"
#include "server/sqlite/accounts.h"
#include "server/sqlite/contacts.h"
#include "server/sqlite/conversations.h"
#include "server/sqlite/database.h"
#include "server/sqlite/database_fixture.h"
#include "server/sqlite/messages.h"

namespace chat::sqlite {
namespace {

// Restores the limit on file sizes when it goes out of scope.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    // Writing beyond the limit then fails instead of ending the process.
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

class DiskFullTest : public DatabaseFixture {
 protected:
  void SetUp() override {
    Open(Options());
    alice_ = AddUser("alice");
    const UserId bob = AddUser("bob");
    Contacts contacts(database(), executor());
    Conversations conversations(database(), executor());
    for (const auto& [one, other] : {std::pair(alice_, bob), std::pair(bob, alice_)}) {
      ASSERT_TRUE((Await<Contact, ContactError>([&](auto done) {
                    contacts.Request(one, other, std::move(done));
                  })).has_value());
    }
    const auto opened = Await<OpenedConversation, OpenConversationError>(
        [&](auto done) { conversations.OpenDirect(alice_, bob, std::move(done)); });
    ASSERT_TRUE(opened.has_value());
    conversation_ = opened->view.conversation.conversation_id;
  }

  UserId AddUser(const std::string& name) {
    Accounts accounts(database(), executor());
    const auto user = Await<User, RegisterError>([&](auto done) {
      accounts.Register({.username = name, .email = name, .password_hash = ""}, std::move(done));
    });
    EXPECT_TRUE(user.has_value());
    return user ? user->user_id : UserId();
  }

  // A message too large for the pages that are free.
  Result<Appended, AppendError> Send(const std::string& id) {
    Messages messages(database(), executor());
    return Await<Appended, AppendError>([&](auto done) {
      messages.Append({.conversation_id = conversation_,
                       .sender_id = alice_,
                       .client_msg_id = id,
                       .text = std::string(200'000, 'x'),
                       .reply_to_seq = {},
                       .origin = {}},
                      std::move(done));
    });
  }

  std::size_t CountHistory() {
    Messages messages(database(), executor());
    const auto page = Await<EntryPage, ViewError>([&](auto done) {
      messages.ReadPage({.viewer = alice_,
                         .conversation_id = conversation_,
                         .after_seq = Seq(),
                         .before_seq = {},
                         .limit = 100,
                         .bytes_max = 100'000'000},
                        std::move(done));
    });
    EXPECT_TRUE(page.has_value()) << "reads go on";
    return page ? page->entries.size() : 0;
  }

  void ExpectRefused(const Result<Appended, AppendError>& sent) {
    ASSERT_FALSE(sent.has_value());
    EXPECT_EQ(sent.error(), AppendError::kUnavailable);
  }

  std::filesystem::path log_file() const { return Options().data_dir / "chat.sqlite3-wal"; }

 private:
  UserId alice_;
  ConversationId conversation_;
};

TEST_F(DiskFullTest, RefusesSendsReadsOnAndHealsWhenTheFileMayNotGrow) {
  ASSERT_TRUE(Send("before").has_value());
  // The limit becomes what the file has already.
  ASSERT_TRUE(Write([](WriteTransaction& transaction) {
    transaction.connection.Execute("PRAGMA max_page_count = 1");
  }));
  bus().Clear();

  ExpectRefused(Send("while full"));
  ExpectRefused(Send("while full"));

  EXPECT_NE(database().last_write_failure().find("full"), std::string::npos);
  EXPECT_TRUE(bus().entries().empty());
  EXPECT_EQ(CountHistory(), 1u);
  ASSERT_TRUE(Write([](WriteTransaction& transaction) {
    transaction.connection.Execute("PRAGMA max_page_count = 1000000");
  }));
  const auto retry = Send("while full");
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->seq, Seq(2));
  EXPECT_EQ(database().last_write_failure(), "");
  EXPECT_EQ(CountHistory(), 2u);
}

TEST_F(DiskFullTest, RefusesSendsReadsOnAndHealsWhenACommitCannotBeWritten) {
  ASSERT_TRUE(Send("before").has_value());
  bus().Clear();
  {
    const FileSizeLimit full(std::filesystem::file_size(log_file()));

    ExpectRefused(Send("while full"));
    ExpectRefused(Send("while full"));

    EXPECT_NE(database().last_write_failure(), "");
    EXPECT_TRUE(bus().entries().empty());
    EXPECT_EQ(CountHistory(), 1u);
  }

  const auto retry = Send("while full");
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->seq, Seq(2));
  EXPECT_EQ(CountHistory(), 2u);
  Open(Options());
  EXPECT_EQ(CountHistory(), 2u) << "the failed commits left nothing behind";
}

}  // namespace
}  // namespace chat::sqlite
