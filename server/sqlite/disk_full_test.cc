// What happens when the disk is full, made in two ways: SQLite's own limit makes a statement fail,
// the kernel's limit on the size of files makes the write of a commit fail.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <string>

#include "protocol/ids.h"
#include "server/ports/completion.h"
#include "server/ports/messages.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/conversation_fixture.h"
#include "server/sqlite/database.h"
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

class DiskFullTest : public ConversationFixture {
 protected:
  void SetUp() override {
    Open(Options());
    alice_ = AddUser("alice");
    conversation_ = AddDirect(alice_, AddUser("bob"));
  }

  // A message too large for the pages that are free.
  Result<Appended, AppendError> Send(const std::string& id) {
    Messages messages(database(), executor());
    return Await<Appended, AppendError>([&](auto done) {
      messages.Append(TextMessage(conversation_, alice_, id, std::string(200'000, 'x')),
                      std::move(done));
    });
  }

  std::size_t CountHistory() { return ReadHistory(alice_, conversation_).size(); }

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
