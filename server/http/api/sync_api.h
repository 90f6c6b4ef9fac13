// /v1/sync: what changed of the caller's since they last asked.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "protocol/chat.pb.h"
#include "server/http/api/api_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/ports/sessions.h"
#include "server/ports/updates.h"
#include "server/runtime/asio.h"

namespace chat::http {

// Thread: the shard's. Lifetime: longer than the router it added routes to serves requests.
class SyncApi {
 public:
  explicit SyncApi(const ApiPorts& ports) : ports_(ports) {}
  void AddRoutes(Router& router);

 private:
  asio::awaitable<Response> Sync(SessionOwner caller, Request request);
  v1::SyncResponse Show(const UpdatePage& page) const;

  ApiPorts ports_;
};

}  // namespace chat::http
