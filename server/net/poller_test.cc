#include "server/net/poller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <string_view>
#include <vector>

namespace chat::net {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class PollerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    near_ = FileDescriptor(ends[0]);
    far_ = FileDescriptor(ends[1]);
  }

  // What is ready now.
  std::vector<Ready> Poll() {
    ready_.clear();
    poller_.WatchNext();
    io_context_.restart();
    io_context_.poll();
    return ready_;
  }

  void WriteFar() { ASSERT_EQ(::write(far_.number(), "x", 1), 1); }

  asio::io_context io_context_;
  std::vector<Ready> ready_;
  Poller poller_{io_context_.get_executor(), [this](std::span<const Ready> batch) {
                   ready_.insert(ready_.end(), batch.begin(), batch.end());
                 }};
  FileDescriptor near_;
  FileDescriptor far_;
};

TEST_F(PollerTest, NamesAReadableDescriptorByItsToken) {
  ASSERT_TRUE(poller_.Add(near_.number(), this, Interest::kRead));
  EXPECT_THAT(Poll(), IsEmpty());

  WriteFar();
  const std::vector<Ready> ready = Poll();

  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_EQ(ready[0].token, this);
  EXPECT_TRUE(ready[0].readable);
  EXPECT_FALSE(ready[0].writable || ready[0].broken);
}

TEST_F(PollerTest, TellsAgainWhatStaysReadable) {
  ASSERT_TRUE(poller_.Add(near_.number(), this, Interest::kRead));
  WriteFar();

  EXPECT_THAT(Poll(), SizeIs(1));
  EXPECT_THAT(Poll(), SizeIs(1));
}

TEST_F(PollerTest, TellsOneBatchPerWatch) {
  ASSERT_TRUE(poller_.Add(near_.number(), this, Interest::kWrite));

  // The descriptor stays writable all the time.
  EXPECT_THAT(Poll(), SizeIs(1));
}

TEST_F(PollerTest, TellsOnlyWhatItIsAskedFor) {
  ASSERT_TRUE(poller_.Add(near_.number(), this, Interest::kNone));
  WriteFar();
  EXPECT_THAT(Poll(), IsEmpty());

  poller_.Change(near_.number(), this, Interest::kReadWrite);
  const std::vector<Ready> ready = Poll();

  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_TRUE(ready[0].readable && ready[0].writable);
}

TEST_F(PollerTest, TellsWhatBrokeAlsoUnasked) {
  ASSERT_TRUE(poller_.Add(near_.number(), this, Interest::kNone));

  far_ = FileDescriptor();
  const std::vector<Ready> ready = Poll();

  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_TRUE(ready[0].broken);
}

TEST_F(PollerTest, ForgetsAClosedDescriptor) {
  ASSERT_TRUE(poller_.Add(near_.number(), this, Interest::kRead));
  WriteFar();

  near_ = FileDescriptor();

  EXPECT_THAT(Poll(), IsEmpty());
}

}  // namespace
}  // namespace chat::net
