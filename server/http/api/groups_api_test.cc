#include "server/http/api/groups_api.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/chat.pb.h"
#include "protocol/ids.h"
#include "protocol/limits.h"
#include "server/http/api/api_fixture.h"

namespace chat::http {
namespace {

std::string JsonList(const std::vector<UserId>& ids) {
  std::string list;
  for (const UserId id : ids) list += (list.empty() ? "\"" : ",\"") + id.ToString() + "\"";
  return "[" + list + "]";
}

// Alice, whose contacts Bob and Carol are, and Dave, whom she does not know.
class GroupsApiTest : public ApiFixture {
 protected:
  GroupsApiTest() {
    Befriend(alice_, bob_);
    Befriend(alice_, carol_);
  }

  Response Create(const std::vector<UserId>& members, const std::string& name = "us") {
    return Post(
        alice_, "/v1/conversations",
        R"({"kind":"group","name":")" + name + R"(","member_ids":)" + JsonList(members) + "}");
  }

  // Of Alice and Bob.
  std::string CreatedPath() {
    const auto created = Read<v1::ConversationResponse>(Create({bob_.user_id})).conversation();
    return "/v1/conversations/" + std::to_string(created.conversation_id());
  }

  static std::string MemberPath(const std::string& group, const Person& member) {
    return group + "/members/" + member.user_id.ToString();
  }

  static std::string AddBody(const std::vector<UserId>& users) {
    return R"({"user_ids":)" + JsonList(users) + "}";
  }

  const Person alice_ = Join("alice");
  const Person bob_ = Join("bob");
  const Person carol_ = Join("carol");
  const Person dave_ = Join("dave");
};

TEST_F(GroupsApiTest, CreatesAGroup) {
  const Response response = Create({bob_.user_id, carol_.user_id});

  EXPECT_EQ(response.status, Status::kCreated);
  const auto group = Read<v1::ConversationResponse>(response).conversation();
  EXPECT_EQ(group.kind(), "group");
  EXPECT_EQ(group.name(), "us");
  EXPECT_EQ(group.members_count(), 3u);
  EXPECT_EQ(group.my_role(), "owner");
  EXPECT_EQ(group.last_seq(), 3);
  EXPECT_FALSE(group.has_peer());
  const std::string path = "/v1/conversations/" + std::to_string(group.conversation_id());
  EXPECT_EQ(Read<v1::ConversationResponse>(Get(bob_, path)).conversation().my_role(), "member");
  const auto history = Read<v1::ListMessagesResponse>(Get(bob_, path + "/messages"));
  ASSERT_EQ(history.messages_size(), 3);
  EXPECT_EQ(history.messages(0).kind(), "created");
  EXPECT_EQ(history.messages(0).name(), "us");
  EXPECT_EQ(history.messages(1).kind(), "member_added");
  EXPECT_EQ(history.messages(1).subject_user_id(), bob_.user_id.number());
  EXPECT_EQ(history.messages(1).role(), "member");
}

TEST_F(GroupsApiTest, RefusesWhatIsNoGroup) {
  EXPECT_EQ(CodeOf(Create({bob_.user_id}, "")), "invalid_argument");
  EXPECT_EQ(CodeOf(Create({}, std::string(kGroupNameCodePointsMax + 1, 'x'))), "invalid_argument");
  EXPECT_EQ(CodeOf(Create(std::vector<UserId>(kRequestIdsMax + 1, bob_.user_id))),
            "invalid_argument");
  const Response stranger = Create({bob_.user_id, dave_.user_id});
  EXPECT_EQ(stranger.status, Status::kForbidden);
  EXPECT_EQ(CodeOf(stranger), "not_contacts");
  EXPECT_EQ(Create({UserId(12345)}).body, stranger.body);
}

TEST_F(GroupsApiTest, RenamesAGroup) {
  const std::string group = CreatedPath();

  const Response renamed = Patch(alice_, group, R"({"name":"them"})");

  EXPECT_EQ(renamed.status, Status::kOk);
  EXPECT_EQ(Read<v1::ConversationResponse>(renamed).conversation().name(), "them");
  EXPECT_EQ(CodeOf(Patch(bob_, group, R"({"name":"mine"})")), "forbidden");
  EXPECT_EQ(CodeOf(Patch(alice_, group, R"({})")), "invalid_argument");
  EXPECT_EQ(CodeOf(Patch(dave_, group, R"({"name":"mine"})")), "not_found");
  EXPECT_EQ(CodeOf(Patch(alice_, "/v1/conversations/x", R"({"name":"mine"})")), "not_found");
}

TEST_F(GroupsApiTest, AddsMembers) {
  const std::string group = CreatedPath();

  const Response added = Post(alice_, group + "/members", AddBody({carol_.user_id, bob_.user_id}));

  EXPECT_EQ(added.status, Status::kCreated);
  const auto members = Read<v1::AddMembersResponse>(added);
  ASSERT_EQ(members.members_size(), 2);
  EXPECT_EQ(members.members(0).user().username(), "bob");
  EXPECT_EQ(members.members(0).joined_seq(), 2);
  EXPECT_EQ(members.members(1).user().username(), "carol");
  EXPECT_EQ(members.members(1).joined_seq(), 3);
  EXPECT_EQ(members.members(1).role(), "member");
  EXPECT_EQ(CodeOf(Post(alice_, group + "/members", AddBody({dave_.user_id}))), "not_contacts");
  EXPECT_EQ(CodeOf(Post(bob_, group + "/members", AddBody({alice_.user_id}))), "forbidden");
  EXPECT_EQ(CodeOf(Post(dave_, group + "/members", AddBody({bob_.user_id}))), "not_found");
  EXPECT_EQ(CodeOf(Post(alice_, group + "/members", "{}")), "invalid_argument");
}

TEST_F(GroupsApiTest, ListsMembersPageByPage) {
  const std::string group = CreatedPath();
  Post(alice_, group + "/members", AddBody({carol_.user_id}));

  const auto first = Read<v1::ListMembersResponse>(Get(bob_, group + "/members", {{"limit", "2"}}));
  const auto second = Read<v1::ListMembersResponse>(
      Get(bob_, group + "/members", {{"limit", "2"}, {"cursor", first.next_cursor()}}));

  ASSERT_EQ(first.members_size(), 2);
  EXPECT_EQ(first.members(0).user().username(), "alice");
  EXPECT_EQ(first.members(0).role(), "owner");
  ASSERT_EQ(second.members_size(), 1);
  EXPECT_EQ(second.members(0).user().username(), "carol");
  EXPECT_EQ(second.next_cursor(), "");
  EXPECT_EQ(CodeOf(Get(dave_, group + "/members")), "not_found");
  EXPECT_EQ(CodeOf(Get(bob_, group + "/members", {{"limit", "0"}})), "invalid_argument");
}

TEST_F(GroupsApiTest, ChangesRoles) {
  const std::string group = CreatedPath();

  const Response changed = Patch(alice_, MemberPath(group, bob_), R"({"role":"admin"})");

  EXPECT_EQ(changed.status, Status::kOk);
  EXPECT_EQ(Read<v1::MemberResponse>(changed).member().role(), "admin");
  EXPECT_EQ(CodeOf(Patch(bob_, MemberPath(group, bob_), R"({"role":"owner"})")), "forbidden");
  EXPECT_EQ(CodeOf(Patch(alice_, MemberPath(group, bob_), R"({"role":"king"})")),
            "invalid_argument");
  EXPECT_EQ(CodeOf(Patch(alice_, MemberPath(group, carol_), R"({"role":"admin"})")), "not_found");
  const Response last_owner = Patch(alice_, MemberPath(group, alice_), R"({"role":"member"})");
  EXPECT_EQ(last_owner.status, Status::kConflict);
  EXPECT_EQ(CodeOf(last_owner), "owner_must_transfer");
}

TEST_F(GroupsApiTest, RemovesMembersWhoThenKnowNothingOfIt) {
  const std::string group = CreatedPath();

  EXPECT_EQ(CodeOf(Delete(bob_, MemberPath(group, alice_))), "forbidden");
  EXPECT_EQ(Delete(alice_, MemberPath(group, bob_)).status, Status::kNoContent);

  for (const std::string& path : {group, group + "/messages", group + "/members"}) {
    EXPECT_EQ(CodeOf(Get(bob_, path)), "not_found") << path;
  }
  EXPECT_EQ(CodeOf(Delete(alice_, MemberPath(group, bob_))), "not_found");
  EXPECT_EQ(
      Read<v1::ListConversationsResponse>(Get(bob_, "/v1/conversations")).conversations_size(), 0);
}

TEST_F(GroupsApiTest, LeavesAGroupOnceItHasAnotherOwner) {
  const std::string group = CreatedPath();

  EXPECT_EQ(CodeOf(Delete(alice_, MemberPath(group, alice_))), "owner_must_transfer");
  Patch(alice_, MemberPath(group, bob_), R"({"role":"owner"})");
  EXPECT_EQ(Delete(alice_, MemberPath(group, alice_)).status, Status::kNoContent);
  EXPECT_EQ(Delete(bob_, MemberPath(group, bob_)).status, Status::kNoContent);
}

TEST_F(GroupsApiTest, LeavesDirectConversationsAlone) {
  const std::string direct = "/v1/conversations/" + OpenDirect(alice_, bob_).ToString();

  EXPECT_EQ(CodeOf(Patch(alice_, direct, R"({"name":"us"})")), "forbidden");
  EXPECT_EQ(CodeOf(Post(alice_, direct + "/members", AddBody({carol_.user_id}))), "forbidden");
  EXPECT_EQ(CodeOf(Delete(alice_, MemberPath(direct, alice_))), "forbidden");
  EXPECT_EQ(Read<v1::ListMembersResponse>(Get(bob_, direct + "/members")).members_size(), 2);
}

TEST_F(GroupsApiTest, AnswersUnavailableWhileTheStoreIsDown) {
  const std::string group = CreatedPath();
  StopStore();

  // Who asks cannot be found out either.
  EXPECT_EQ(CodeOf(Create({bob_.user_id})), "unavailable");
  EXPECT_EQ(CodeOf(Patch(alice_, group, R"({"name":"them"})")), "unavailable");
}

}  // namespace
}  // namespace chat::http
