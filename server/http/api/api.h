// The HTTP API under /v1: one object per resource, each with its handlers. It is what a router
// needs to serve the API; it knows no socket.
#pragma once

#include "server/http/api/api_ports.h"
#include "server/http/api/auth_api.h"
#include "server/http/api/blocks_api.h"
#include "server/http/api/contacts_api.h"
#include "server/http/api/conversations_api.h"
#include "server/http/api/groups_api.h"
#include "server/http/api/history_api.h"
#include "server/http/api/marks_api.h"
#include "server/http/api/messages_api.h"
#include "server/http/api/presence_api.h"
#include "server/http/api/search_api.h"
#include "server/http/api/sessions_api.h"
#include "server/http/api/sync_api.h"
#include "server/http/api/users_api.h"
#include "server/http/router.h"

namespace chat::http {

// Thread: the shard's. Lifetime: longer than the router it added routes to serves requests.
class Api {
 public:
  explicit Api(const ApiPorts& ports)
      : auth_(ports),
        sessions_(ports),
        users_(ports),
        contacts_(ports),
        blocks_(ports),
        presence_(ports),
        conversations_(ports),
        groups_(ports),
        history_(ports),
        marks_(ports),
        sync_(ports),
        messages_(ports),
        search_(ports) {}

  void AddRoutes(Router& router) {
    auth_.AddRoutes(router);
    sessions_.AddRoutes(router);
    users_.AddRoutes(router);
    contacts_.AddRoutes(router);
    blocks_.AddRoutes(router);
    presence_.AddRoutes(router);
    conversations_.AddRoutes(router);
    groups_.AddRoutes(router);
    history_.AddRoutes(router);
    marks_.AddRoutes(router);
    sync_.AddRoutes(router);
    messages_.AddRoutes(router);
    search_.AddRoutes(router);
  }

 private:
  AuthApi auth_;
  SessionsApi sessions_;
  UsersApi users_;
  ContactsApi contacts_;
  BlocksApi blocks_;
  PresenceApi presence_;
  ConversationsApi conversations_;
  GroupsApi groups_;
  HistoryApi history_;
  MarksApi marks_;
  SyncApi sync_;
  MessagesApi messages_;
  SearchApi search_;
};

}  // namespace chat::http
