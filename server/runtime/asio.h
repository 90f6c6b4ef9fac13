// The name `asio` for Boost.Asio inside our namespace. Nothing else: whoever uses a part of Asio
// includes it.
#pragma once

namespace boost::asio {}  // namespace boost::asio

namespace chat {
namespace asio = boost::asio;
}  // namespace chat
