// A store that is always down, for tests of what lies between the hub and the socket: that part
// never asks what the store says.
#pragma once

#include <expected>
#include <vector>

#include "server/ports/conversations.h"
#include "server/ports/marks.h"
#include "server/ports/message_changes.h"
#include "server/ports/messages.h"
#include "server/ports/presence_records.h"
#include "server/ports/sessions.h"

namespace chat::net {

// Thread: the shard's. Lifetime: the test's.
class UnavailableStore final : public Messages,
                               public MessageChanges,
                               public Conversations,
                               public Marks,
                               public PresenceRecords,
                               public EndedSessions {
 public:
  void Append(NewMessage, Completion<Appended, AppendError> done) override {
    done(std::unexpected(AppendError::kUnavailable));
  }
  void ReadPage(EntryPageRequest, Completion<EntryPage, ViewError> done) override {
    done(std::unexpected(ViewError::kUnavailable));
  }
  void ReadRange(ConversationId, Seq, Seq,
                 Completion<std::vector<Entry>, ReadError> done) override {
    done(std::unexpected(ReadError::kUnavailable));
  }
  void Edit(EditRequest, Completion<EntryChanged, ChangeError> done) override {
    done(std::unexpected(ChangeError::kUnavailable));
  }
  void Delete(DeleteRequest, Completion<EntryChanged, ChangeError> done) override {
    done(std::unexpected(ChangeError::kUnavailable));
  }
  void React(ReactRequest, Completion<EntryChanged, ChangeError> done) override {
    done(std::unexpected(ChangeError::kUnavailable));
  }
  void OpenDirect(UserId, UserId,
                  Completion<OpenedConversation, OpenConversationError> done) override {
    done(std::unexpected(OpenConversationError::kUnavailable));
  }
  void Find(UserId, ConversationId, Completion<ConversationView, ViewError> done) override {
    done(std::unexpected(ViewError::kUnavailable));
  }
  void List(ConversationPageRequest,
            Completion<std::vector<ConversationView>, ReadError> done) override {
    done(std::unexpected(ReadError::kUnavailable));
  }
  void ListMembers(ConversationId, Seq, Completion<MemberList, ViewError> done) override {
    done(std::unexpected(ViewError::kUnavailable));
  }
  void Advance(std::vector<Mark>, Completion<std::vector<MarksMoved>, ReadError> done) override {
    done(std::unexpected(ReadError::kUnavailable));
  }
  void FindListeners(UserId, ConversationId,
                     Completion<std::vector<UserId>, ReadError> done) override {
    done(std::unexpected(ReadError::kUnavailable));
  }
  void ListReaders(ReaderPageRequest, Completion<std::vector<Reader>, ViewError> done) override {
    done(std::unexpected(ViewError::kUnavailable));
  }
  void Set(MemberSettings, Completion<ConversationView, ViewError> done) override {
    done(std::unexpected(ViewError::kUnavailable));
  }
  void RecordLastSeen(std::vector<LastSeen>) override {}
  void FindVisible(UserId, std::vector<UserId>,
                   Completion<std::vector<LastSeen>, ReadError> done) override {
    done(std::unexpected(ReadError::kUnavailable));
  }
  void FindEnded(std::vector<SessionId>,
                 Completion<std::vector<SessionId>, ReadError> done) override {
    done(std::unexpected(ReadError::kUnavailable));
  }
};

}  // namespace chat::net
