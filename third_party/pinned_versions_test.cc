// Asks every linked library for its version and for one thing that only works if it was built as
// this project needs it. It does not test the libraries themselves.

#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <libpq-fe.h>
#include <openssl/crypto.h>
#include <openssl/opensslv.h>
#include <openssl/ssl.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <sqlite3.h>
#include <utf8proc.h>

#include <CLI/CLI.hpp>
#include <array>
#include <boost/json.hpp>
#include <boost/version.hpp>
#include <memory>
#include <pqxx/pqxx>
#include <string>

namespace chat {
namespace {

TEST(PinnedVersionsTest, BoostIs188AndItsJsonIsCompiled) {
  EXPECT_EQ(BOOST_VERSION, 108800);
  EXPECT_TRUE(boost::json::parse(R"({"a": 1})").is_object());
}

TEST(PinnedVersionsTest, ProtobufIsTheVersionOfItsCompiler) {
  EXPECT_EQ(GOOGLE_PROTOBUF_VERSION, 3021012);
}

TEST(PinnedVersionsTest, SqliteIs3461WithFullTextSearch) {
  EXPECT_STREQ(sqlite3_libversion(), "3.46.1");
  EXPECT_EQ(sqlite3_compileoption_used("ENABLE_FTS5"), 1);
  EXPECT_EQ(sqlite3_threadsafe(), 2);
}

TEST(PinnedVersionsTest, Utf8procIs280AndKnowsUnicode15) {
  EXPECT_STREQ(utf8proc_version(), "2.8.0");
  EXPECT_STREQ(utf8proc_unicode_version(), "15.0.0");
  EXPECT_EQ(utf8proc_tolower(0x0416), 0x0436) << "a Cyrillic letter";
}

TEST(PinnedVersionsTest, LibsodiumHashesPasswordsWithArgon2id) {
  ASSERT_GE(sodium_init(), 0);
  EXPECT_STREQ(sodium_version_string(), "1.0.18");
  std::array<char, crypto_pwhash_argon2id_STRBYTES> hash{};
  EXPECT_EQ(
      crypto_pwhash_argon2id_str(hash.data(), "secret", 6, crypto_pwhash_argon2id_OPSLIMIT_MIN,
                                 crypto_pwhash_argon2id_MEMLIMIT_MIN),
      0);
  EXPECT_EQ(crypto_pwhash_argon2id_str_verify(hash.data(), "secret", 6), 0);
}

TEST(PinnedVersionsTest, SpdlogUsesTheFmtBesideIt) {
  EXPECT_EQ(SPDLOG_VERSION, SPDLOG_TO_VERSION(1, 15, 2));
  // What 10.1.1 says of itself.
  EXPECT_EQ(FMT_VERSION, 100100);
  EXPECT_EQ(fmt::format("{:>3}", 7), "  7");
}

TEST(PinnedVersionsTest, CommandLineLibraryReadsFlagsAndEnvironment) {
  EXPECT_STREQ(CLI11_VERSION, "2.4.1");
  CLI::App app("test");
  std::string value;
  app.add_option("--value", value)->envname("CHAT_TEST_VALUE_THAT_NOBODY_SETS");
  app.parse("--value given", false);
  EXPECT_EQ(value, "given");
}

TEST(PinnedVersionsTest, PrometheusWritesItsTextForm) {
  prometheus::Registry registry;
  prometheus::BuildCounter().Name("chat_test_total").Register(registry).Add({}).Increment();
  const std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_NE(text.find("chat_test_total 1"), std::string::npos);
}

TEST(PinnedVersionsTest, OpenSslIs3020AndItsLibraryIsThatOfItsHeaders) {
  EXPECT_STREQ(OPENSSL_VERSION_STR, "3.0.20");
  EXPECT_EQ(OpenSSL_version_num(), static_cast<unsigned long>(OPENSSL_VERSION_NUMBER));
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  EXPECT_NE(context, nullptr);
}

TEST(PinnedVersionsTest, HiredisIs120AndSpeaksTls) {
  EXPECT_EQ(HIREDIS_MAJOR * 10000 + HIREDIS_MINOR * 100 + HIREDIS_PATCH, 10200);
  EXPECT_EQ(redisInitOpenSSL(), REDIS_OK);
  char* command = nullptr;
  ASSERT_GT(redisFormatCommand(&command, "PING"), 0);
  EXPECT_STREQ(command, "*1\r\n$4\r\nPING\r\n");
  redisFreeCommand(command);
}

TEST(PinnedVersionsTest, LibpqIs1518WithTlsAndWithoutGssapi) {
  EXPECT_EQ(PQlibVersion(), 150018);
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
      PQconnectdb("host=/nowhere gssencmode=require"), &PQfinish);
  EXPECT_NE(std::string(PQerrorMessage(connection.get())).find("GSSAPI support is not compiled in"),
            std::string::npos);
  ASSERT_NE(PQsslAttributeNames(nullptr), nullptr);
  EXPECT_STREQ(PQsslAttributeNames(nullptr)[0], "library");
}

TEST(PinnedVersionsTest, LibpqxxIs7100AndItsErrorsAreExceptions) {
  EXPECT_STREQ(PQXX_VERSION, "7.10.0");
  EXPECT_THROW(pqxx::connection("host=/nowhere"), pqxx::broken_connection);
}

}  // namespace
}  // namespace chat
