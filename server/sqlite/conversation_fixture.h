// An embedded store with people in it who can chat.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"
#include "server/ports/messages.h"
#include "server/sqlite/accounts.h"
#include "server/sqlite/contacts.h"
#include "server/sqlite/conversations.h"
#include "server/sqlite/database_fixture.h"
#include "server/sqlite/messages.h"

namespace chat::sqlite {

class ConversationFixture : public DatabaseFixture {
 protected:
  // Zero, and a failed test, when it cannot be done.
  UserId AddUser(const std::string& name) {
    Accounts accounts(database(), executor());
    const auto user = Await<User, RegisterError>([&](auto done) {
      accounts.Register({.username = name, .email = name, .password_hash = ""}, std::move(done));
    });
    EXPECT_TRUE(user.has_value());
    return user ? user->user_id : UserId();
  }

  // Makes them contacts first.
  ConversationId AddDirect(UserId one, UserId other) {
    Contacts contacts(database(), executor());
    Conversations conversations(database(), executor());
    for (const auto& [from, to] : {std::pair(one, other), std::pair(other, one)}) {
      EXPECT_TRUE((Await<Contact, ContactError>([&](auto done) {
                    contacts.Request(from, to, std::move(done));
                  })).has_value());
    }
    const auto opened = Await<OpenedConversation, OpenConversationError>(
        [&](auto done) { conversations.OpenDirect(one, other, std::move(done)); });
    EXPECT_TRUE(opened.has_value());
    return opened ? opened->view.conversation.conversation_id : ConversationId();
  }

  // The entries after `after`, as `viewer` reads them.
  std::vector<Entry> ReadHistory(UserId viewer, ConversationId conversation, Seq after = {}) {
    Messages messages(database(), executor());
    const auto page = Await<EntryPage, ViewError>([&](auto done) {
      messages.ReadPage({.viewer = viewer,
                         .conversation_id = conversation,
                         .after_seq = after,
                         .before_seq = {},
                         .limit = 1000,
                         .bytes_max = 100'000'000},
                        std::move(done));
    });
    EXPECT_TRUE(page.has_value());
    return page ? page->entries : std::vector<Entry>();
  }
};

inline NewMessage TextMessage(ConversationId conversation, UserId sender, std::string id,
                              std::string text) {
  return {.conversation_id = conversation,
          .sender_id = sender,
          .client_msg_id = std::move(id),
          .text = std::move(text),
          .reply_to_seq = {},
          .origin = {}};
}

}  // namespace chat::sqlite
