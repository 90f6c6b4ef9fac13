// Tests that a private PostgreSQL starts, ends in every way that tests need, and keeps its data.

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <poll.h>

#include <chrono>
#include <pqxx/pqxx>
#include <string>
#include <utility>

#include "tests/harness/deadline.h"
#include "tests/harness/postgres_server.h"
#include "tests/harness/socket.h"

namespace chat::testing {
namespace {

int CountRows(const PostgresServer& server) {
  return server.Execute("SELECT count(*) FROM kept").one_field().as<int>();
}

TEST(PostgresServerTest, IsPostgres15AndDurable) {
  const PostgresServer server({.settings = {"max_connections=17"}});

  EXPECT_EQ(server.Execute("SHOW server_version_num").one_field().as<std::string>(), "150018");
  EXPECT_EQ(server.Execute("SHOW fsync").one_field().as<std::string>(), "on");
  EXPECT_EQ(server.Execute("SHOW max_connections").one_field().as<int>(), 17);
  EXPECT_EQ(server.Execute("SHOW listen_addresses").one_field().as<std::string>(), "");
}

TEST(PostgresServerTest, ListensOnLoopbackWhenAsked) {
  const PostgresServer server({.listens_on_tcp = true});

  pqxx::connection connection(server.tcp_url());

  EXPECT_TRUE(connection.is_open());
}

TEST(PostgresServerTest, KeepsWhatWasCommittedWhateverEndsIt) {
  PostgresServer server;
  server.Execute("CREATE TABLE kept (id int)");

  server.Execute("INSERT INTO kept VALUES (1)");
  server.Kill();
  server.Restart();
  EXPECT_EQ(CountRows(server), 1);

  server.Execute("INSERT INTO kept VALUES (2)");
  server.Stop(PostgresServer::StopMode::kImmediate);
  server.Restart();
  EXPECT_EQ(CountRows(server), 2);

  server.Execute("INSERT INTO kept VALUES (3)");
  server.Stop(PostgresServer::StopMode::kFast);
  EXPECT_THROW(server.Execute("SELECT 1"), pqxx::broken_connection);
  server.Restart();
  EXPECT_EQ(CountRows(server), 3);
}

TEST(PostgresServerTest, KillEndsOpenConnections) {
  PostgresServer server;
  pqxx::connection connection(server.url());
  pqxx::nontransaction work(connection);
  work.exec("SELECT 1");

  server.Kill();

  EXPECT_THROW(work.exec("SELECT 1"), pqxx::broken_connection);
}

TEST(PostgresServerTest, FrozenDoesNotAnswerAndThawedDoes) {
  PostgresServer server;
  pqxx::connection connection(server.url());
  PGconn* raw = std::move(connection).release_raw_connection();

  server.Freeze();
  ASSERT_EQ(PQsendQuery(raw, "SELECT 1"), 1);
  EXPECT_FALSE(WaitFor(PQsocket(raw), POLLIN, Deadline(std::chrono::milliseconds(100))));
  server.Thaw();

  EXPECT_TRUE(WaitFor(PQsocket(raw), POLLIN, Deadline()));
  PQfinish(raw);
}

TEST(PostgresServerTest, EndsWhenTheTestEndsWhileItIsFrozen) {
  PostgresServer server;
  server.Freeze();
}

TEST(PostgresServerTest, WrongSettingIsASurpriseAtOnce) {
  EXPECT_THROW(PostgresServer({.settings = {"no_such_setting=1"}}), Surprise);
}

}  // namespace
}  // namespace chat::testing
