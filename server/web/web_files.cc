#include "server/web/web_files.h"

#include <array>
#include <cstddef>

namespace chat::web {
namespace {

constexpr unsigned char kIndexHtml[] = {
#embed "embedded/index.html"
};

constexpr unsigned char kAppCss[] = {
#embed "embedded/app.css"
};

constexpr unsigned char kChatCss[] = {
#embed "embedded/chat.css"
};

constexpr unsigned char kPanelsCss[] = {
#embed "embedded/panels.css"
};

constexpr unsigned char kThemeCss[] = {
#embed "embedded/theme.css"
};

constexpr unsigned char kIconSvg[] = {
#embed "embedded/icon.svg"
};

constexpr unsigned char kAccountJs[] = {
#embed "embedded/account.js"
};

constexpr unsigned char kApiJs[] = {
#embed "embedded/api.js"
};

constexpr unsigned char kBackoffJs[] = {
#embed "embedded/backoff.js"
};

constexpr unsigned char kChangesJs[] = {
#embed "embedded/changes.js"
};

constexpr unsigned char kClientJs[] = {
#embed "embedded/client.js"
};

constexpr unsigned char kDeviceJs[] = {
#embed "embedded/device.js"
};

constexpr unsigned char kDomJs[] = {
#embed "embedded/dom.js"
};

constexpr unsigned char kGroupsJs[] = {
#embed "embedded/groups.js"
};

constexpr unsigned char kHeartbeatWorkerJs[] = {
#embed "embedded/heartbeat_worker.js"
};

constexpr unsigned char kLookupsJs[] = {
#embed "embedded/lookups.js"
};

constexpr unsigned char kMainJs[] = {
#embed "embedded/main.js"
};

constexpr unsigned char kNotifierJs[] = {
#embed "embedded/notifier.js"
};

constexpr unsigned char kOutboxJs[] = {
#embed "embedded/outbox.js"
};

constexpr unsigned char kReactionsJs[] = {
#embed "embedded/reactions.js"
};

constexpr unsigned char kReadMarksJs[] = {
#embed "embedded/read_marks.js"
};

constexpr unsigned char kReceiptsJs[] = {
#embed "embedded/receipts.js"
};

constexpr unsigned char kRouteJs[] = {
#embed "embedded/route.js"
};

constexpr unsigned char kSearchJs[] = {
#embed "embedded/search.js"
};

constexpr unsigned char kSenderJs[] = {
#embed "embedded/sender.js"
};

constexpr unsigned char kSessionJs[] = {
#embed "embedded/session.js"
};

constexpr unsigned char kSocketJs[] = {
#embed "embedded/socket.js"
};

constexpr unsigned char kStoreJs[] = {
#embed "embedded/store.js"
};

constexpr unsigned char kSyncJs[] = {
#embed "embedded/sync.js"
};

constexpr unsigned char kTimeJs[] = {
#embed "embedded/time.js"
};

constexpr unsigned char kTimelineJs[] = {
#embed "embedded/timeline.js"
};

constexpr unsigned char kTimersJs[] = {
#embed "embedded/timers.js"
};

constexpr unsigned char kTypingJs[] = {
#embed "embedded/typing.js"
};

constexpr unsigned char kWireJs[] = {
#embed "embedded/wire.js"
};

constexpr unsigned char kViewsAuthJs[] = {
#embed "embedded/views/auth.js"
};

constexpr unsigned char kViewsBannerJs[] = {
#embed "embedded/views/banner.js"
};

constexpr unsigned char kViewsBlockingJs[] = {
#embed "embedded/views/blocking.js"
};

constexpr unsigned char kViewsCardJs[] = {
#embed "embedded/views/card.js"
};

constexpr unsigned char kViewsChatJs[] = {
#embed "embedded/views/chat.js"
};

constexpr unsigned char kViewsComposerJs[] = {
#embed "embedded/views/composer.js"
};

constexpr unsigned char kViewsContactListJs[] = {
#embed "embedded/views/contact_list.js"
};

constexpr unsigned char kViewsConversationListJs[] = {
#embed "embedded/views/conversation_list.js"
};

constexpr unsigned char kViewsDevicesJs[] = {
#embed "embedded/views/devices.js"
};

constexpr unsigned char kViewsDialogJs[] = {
#embed "embedded/views/dialog.js"
};

constexpr unsigned char kViewsGroupFormsJs[] = {
#embed "embedded/views/group_forms.js"
};

constexpr unsigned char kViewsInfoPanelJs[] = {
#embed "embedded/views/info_panel.js"
};

constexpr unsigned char kViewsMembersJs[] = {
#embed "embedded/views/members.js"
};

constexpr unsigned char kViewsMenuJs[] = {
#embed "embedded/views/menu.js"
};

constexpr unsigned char kViewsMessageListJs[] = {
#embed "embedded/views/message_list.js"
};

constexpr unsigned char kViewsMessageRowsJs[] = {
#embed "embedded/views/message_rows.js"
};

constexpr unsigned char kViewsMessageToolsJs[] = {
#embed "embedded/views/message_tools.js"
};

constexpr unsigned char kViewsNotificationOfferJs[] = {
#embed "embedded/views/notification_offer.js"
};

constexpr unsigned char kViewsPeopleJs[] = {
#embed "embedded/views/people.js"
};

constexpr unsigned char kViewsPersonPickerJs[] = {
#embed "embedded/views/person_picker.js"
};

constexpr unsigned char kViewsReadersJs[] = {
#embed "embedded/views/readers.js"
};

constexpr unsigned char kViewsSearchResultsJs[] = {
#embed "embedded/views/search_results.js"
};

constexpr unsigned char kViewsSettingsJs[] = {
#embed "embedded/views/settings.js"
};

constexpr unsigned char kViewsShellJs[] = {
#embed "embedded/views/shell.js"
};

constexpr unsigned char kViewsWordsJs[] = {
#embed "embedded/views/words.js"
};

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kJavaScript = "text/javascript; charset=utf-8";
constexpr std::string_view kSvg = "image/svg+xml";

template <std::size_t size>
std::string_view View(const unsigned char (&bytes)[size]) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::span<const WebFile> Files() {
  static const auto files = std::to_array<WebFile>({
      {"/", kHtml, View(kIndexHtml)},
      {"/app.css", kCss, View(kAppCss)},
      {"/chat.css", kCss, View(kChatCss)},
      {"/panels.css", kCss, View(kPanelsCss)},
      {"/theme.css", kCss, View(kThemeCss)},
      {"/icon.svg", kSvg, View(kIconSvg)},
      {"/account.js", kJavaScript, View(kAccountJs)},
      {"/api.js", kJavaScript, View(kApiJs)},
      {"/backoff.js", kJavaScript, View(kBackoffJs)},
      {"/changes.js", kJavaScript, View(kChangesJs)},
      {"/client.js", kJavaScript, View(kClientJs)},
      {"/device.js", kJavaScript, View(kDeviceJs)},
      {"/dom.js", kJavaScript, View(kDomJs)},
      {"/groups.js", kJavaScript, View(kGroupsJs)},
      {"/heartbeat_worker.js", kJavaScript, View(kHeartbeatWorkerJs)},
      {"/lookups.js", kJavaScript, View(kLookupsJs)},
      {"/main.js", kJavaScript, View(kMainJs)},
      {"/notifier.js", kJavaScript, View(kNotifierJs)},
      {"/outbox.js", kJavaScript, View(kOutboxJs)},
      {"/reactions.js", kJavaScript, View(kReactionsJs)},
      {"/read_marks.js", kJavaScript, View(kReadMarksJs)},
      {"/receipts.js", kJavaScript, View(kReceiptsJs)},
      {"/route.js", kJavaScript, View(kRouteJs)},
      {"/search.js", kJavaScript, View(kSearchJs)},
      {"/sender.js", kJavaScript, View(kSenderJs)},
      {"/session.js", kJavaScript, View(kSessionJs)},
      {"/socket.js", kJavaScript, View(kSocketJs)},
      {"/store.js", kJavaScript, View(kStoreJs)},
      {"/sync.js", kJavaScript, View(kSyncJs)},
      {"/time.js", kJavaScript, View(kTimeJs)},
      {"/timeline.js", kJavaScript, View(kTimelineJs)},
      {"/timers.js", kJavaScript, View(kTimersJs)},
      {"/typing.js", kJavaScript, View(kTypingJs)},
      {"/wire.js", kJavaScript, View(kWireJs)},
      {"/views/auth.js", kJavaScript, View(kViewsAuthJs)},
      {"/views/banner.js", kJavaScript, View(kViewsBannerJs)},
      {"/views/blocking.js", kJavaScript, View(kViewsBlockingJs)},
      {"/views/card.js", kJavaScript, View(kViewsCardJs)},
      {"/views/chat.js", kJavaScript, View(kViewsChatJs)},
      {"/views/composer.js", kJavaScript, View(kViewsComposerJs)},
      {"/views/contact_list.js", kJavaScript, View(kViewsContactListJs)},
      {"/views/conversation_list.js", kJavaScript, View(kViewsConversationListJs)},
      {"/views/devices.js", kJavaScript, View(kViewsDevicesJs)},
      {"/views/dialog.js", kJavaScript, View(kViewsDialogJs)},
      {"/views/group_forms.js", kJavaScript, View(kViewsGroupFormsJs)},
      {"/views/info_panel.js", kJavaScript, View(kViewsInfoPanelJs)},
      {"/views/members.js", kJavaScript, View(kViewsMembersJs)},
      {"/views/menu.js", kJavaScript, View(kViewsMenuJs)},
      {"/views/message_list.js", kJavaScript, View(kViewsMessageListJs)},
      {"/views/message_rows.js", kJavaScript, View(kViewsMessageRowsJs)},
      {"/views/message_tools.js", kJavaScript, View(kViewsMessageToolsJs)},
      {"/views/notification_offer.js", kJavaScript, View(kViewsNotificationOfferJs)},
      {"/views/people.js", kJavaScript, View(kViewsPeopleJs)},
      {"/views/person_picker.js", kJavaScript, View(kViewsPersonPickerJs)},
      {"/views/readers.js", kJavaScript, View(kViewsReadersJs)},
      {"/views/search_results.js", kJavaScript, View(kViewsSearchResultsJs)},
      {"/views/settings.js", kJavaScript, View(kViewsSettingsJs)},
      {"/views/shell.js", kJavaScript, View(kViewsShellJs)},
      {"/views/words.js", kJavaScript, View(kViewsWordsJs)},
  });
  return files;
}

}  // namespace chat::web
