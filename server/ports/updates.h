// Port: what of a user's own things changed since they last asked: contacts, blocks, conversations
// and read marks, and which of their conversations moved. A client that was away catches up with
// it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "protocol/ids.h"
#include "server/ports/accounts.h"
#include "server/ports/completion.h"
#include "server/ports/contacts.h"
#include "server/ports/conversations.h"

namespace chat {

// What is left of the heads of a user's conversations, so that a cursor can hold them however many
// they are: of each group of conversations one number, which is another as soon as one of them has
// moved, came or went. Zero is a group without conversations.
//
// A number is the sum of hashes of 63 bits: that it stays the same by chance is not to be expected
// in the life of the universe, and time and the order of commits play no part.
using HeadPrints = std::array<std::uint64_t, 64>;

// How far a client is, from one answer to the next.
struct UpdatePoint {
  // At first everything is told, one kind after the other, ascending by id; then what changes.
  enum class Stage : std::uint8_t { kContacts, kBlocks, kConversations, kChanges };

  Stage stage = Stage::kContacts;
  std::int64_t after_id = 0;  // the last thing told in this stage, while everything is told
  Change change;              // of the user's own changes, the last one known
  HeadPrints heads{};         // the heads known
  std::uint32_t next_group =
      0;  // where the search for moved heads goes on, so that each has a turn
};

// What the user had and has no more. One of the two ids is set.
struct LostThing {
  enum class Kind { kContact, kBlock, kConversation };

  Kind kind = Kind::kContact;
  UserId user_id;
  ConversationId conversation_id;
};

struct ConversationHead {
  ConversationId conversation_id;
  Seq last_seq;
  Change last_change;
  Seq my_read_seq;
  std::int32_t unread_count = 0;
};

struct UpdatePage {
  std::vector<Contact> contacts;
  std::vector<User> blocks;
  std::vector<ConversationView> conversations;
  std::vector<LostThing> lost;
  // Of conversations that moved; some that did not may be among them.
  std::vector<ConversationHead> heads;
  UpdatePoint next;
  bool more = false;
};

struct UpdateRequest {
  UserId viewer;
  UpdatePoint after;          // the default: nothing is known
  int limit = 0;              // of things, and of heads besides
  std::size_t bytes_max = 0;  // of JSON, at least one thing is told
};

// Thread: called on one shard, completes on it.
class Updates {
 public:
  virtual ~Updates() = default;

  // Things are told as they are when the page is read, which may be newer than the change that
  // named them. Whatever changes later is in a page after `next`.
  virtual void ReadPage(UpdateRequest request, Completion<UpdatePage, ReadError> done) = 0;
};

}  // namespace chat
