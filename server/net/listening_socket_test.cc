#include "server/net/listening_socket.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace chat::net {
namespace {

const Endpoint kAnyPort = {.address = *IpAddress::Parse("127.0.0.1"), .port = 0};

int OptionOf(const FileDescriptor& socket, int level, int option) {
  int value = 0;
  socklen_t size = sizeof(value);
  EXPECT_EQ(::getsockopt(socket.number(), level, option, &value, &size), 0);
  return value;
}

TEST(ListeningSocketTest, PicksOnePortForAllShards) {
  const auto sockets = OpenListeningSockets(kAnyPort, 3);

  ASSERT_TRUE(sockets);
  ASSERT_EQ(sockets->size(), 3u);
  EXPECT_NE(PortOf((*sockets)[0]), 0);
  EXPECT_EQ(PortOf((*sockets)[1]), PortOf((*sockets)[0]));
  EXPECT_EQ(PortOf((*sockets)[2]), PortOf((*sockets)[0]));
}

TEST(ListeningSocketTest, RefusesAPortThatAnotherServerSharesAmongItsShards) {
  const auto theirs = OpenListeningSockets(kAnyPort, 2);
  ASSERT_TRUE(theirs);

  const auto ours = OpenListeningSockets({kAnyPort.address, PortOf(theirs->front())}, 2);

  ASSERT_FALSE(ours);
  EXPECT_EQ(ours.error(), std::errc::address_in_use);
}

TEST(ListeningSocketTest, ListensOnIpv6Too) {
  const auto sockets = OpenListeningSockets({*IpAddress::Parse("::1"), 0}, 2);
  if (!sockets && sockets.error() == std::errc::address_not_available) return;  // has no IPv6

  ASSERT_TRUE(sockets);
  EXPECT_NE(PortOf(sockets->front()), 0);
}

TEST(ListeningSocketTest, SaysWhyItCannotListen) {
  const auto sockets = OpenListeningSockets({*IpAddress::Parse("192.0.2.1"), 0}, 1);

  ASSERT_FALSE(sockets);
  EXPECT_EQ(sockets.error(), std::errc::address_not_available);
}

TEST(ListeningSocketTest, AcceptedSocketsInheritItsOptions) {
  const auto sockets = OpenListeningSockets(kAnyPort, 1);
  ASSERT_TRUE(sockets);
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  ASSERT_EQ(::getsockname(sockets->front().number(), reinterpret_cast<sockaddr*>(&address), &size),
            0);
  const FileDescriptor client(::socket(AF_INET, SOCK_STREAM, 0));
  ASSERT_EQ(::connect(client.number(), reinterpret_cast<sockaddr*>(&address), size), 0);

  pollfd waiting = {.fd = sockets->front().number(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&waiting, 1, 30'000), 1);
  const FileDescriptor accepted(::accept(sockets->front().number(), nullptr, nullptr));

  EXPECT_NE(OptionOf(accepted, IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_EQ(OptionOf(accepted, IPPROTO_TCP, TCP_NOTSENT_LOWAT), 128 * 1024);
}

}  // namespace
}  // namespace chat::net
