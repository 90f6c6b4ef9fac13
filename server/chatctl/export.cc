#include "server/chatctl/export.h"

#include <cstdio>
#include <string_view>

#include "protocol/chat.pb.h"
#include "protocol/json.h"
#include "server/chatctl/pages.h"
#include "server/http/admin/admin.pb.h"
#include "server/http/request.h"

namespace chat::chatctl {
namespace {

void PrintLine(std::string_view name, const google::protobuf::Message& thing) {
  std::printf("{\"%.*s\":%s}\n", static_cast<int>(name.size()), name.data(), ToJson(thing).c_str());
}

// Others may have said what was last said in it.
void PrintLine(std::string_view name, v1::Conversation conversation) {
  conversation.clear_last_message();
  PrintLine(name, static_cast<const google::protobuf::Message&>(conversation));
}

const auto& ThingsOf(const v1::ListSessionsResponse& page) { return page.sessions(); }
const auto& ThingsOf(const v1::ListContactsResponse& page) { return page.contacts(); }
const auto& ThingsOf(const v1::ListBlocksResponse& page) { return page.blocks(); }
const auto& ThingsOf(const v1::ListConversationsResponse& page) { return page.conversations(); }
const auto& ThingsOf(const v1::ListMessagesResponse& page) { return page.messages(); }

template <typename Page>
Outcome<void> ExportList(const AdminConnection& server, const std::string& path,
                         std::string_view name) {
  return ForEachPage<Page>(server, path, [&](const Page& page) {
    for (const auto& thing : ThingsOf(page)) PrintLine(name, thing);
  });
}

}  // namespace

Outcome<void> ExportUser(const AdminConnection& server, const std::string& user) {
  admin::v1::AccountResponse account;
  if (auto asked = server.AskFor(account, http::Method::kGet, UserPath(user)); !asked) return asked;
  PrintLine("profile", account.user());
  // From here on by id, which nobody changes meanwhile.
  const auto path = [id = "id:" + std::to_string(account.user().user_id())](std::string_view list) {
    return UserPath(id, list);
  };
  if (auto done = ExportList<v1::ListSessionsResponse>(server, path("/sessions"), "session");
      !done) {
    return done;
  }
  if (auto done = ExportList<v1::ListContactsResponse>(server, path("/contacts"), "contact");
      !done) {
    return done;
  }
  if (auto done = ExportList<v1::ListBlocksResponse>(server, path("/blocks"), "block"); !done) {
    return done;
  }
  if (auto done =
          ExportList<v1::ListConversationsResponse>(server, path("/conversations"), "conversation");
      !done) {
    return done;
  }
  if (auto done = ExportList<v1::ListMessagesResponse>(server, path("/messages"), "message");
      !done) {
    return done;
  }
  std::puts("{\"complete\":true}");
  return {};
}

}  // namespace chat::chatctl
