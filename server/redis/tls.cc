#include "server/redis/tls.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <utility>

namespace chat::redis {
namespace {

bool Trust(SSL_CTX* context, const std::string& ca_file) {
  if (ca_file.empty()) return SSL_CTX_set_default_verify_paths(context) == 1;
  return SSL_CTX_load_verify_file(context, ca_file.c_str()) == 1;
}

// The certificate must bear the IP address if `host` is one, else the name.
bool ExpectHost(SSL* session, const std::string& host) {
  X509_VERIFY_PARAM* const expected = SSL_get0_param(session);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1) return true;
  ERR_clear_error();
  return SSL_set1_host(session, host.c_str()) == 1 &&
         SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

}  // namespace

std::expected<TlsClient, std::string> TlsClient::Make(const std::string& ca_file) {
  std::unique_ptr<SSL_CTX, FreeSsl> context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return std::unexpected("TLS cannot be set up.");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!Trust(context.get(), ca_file)) {
    ERR_clear_error();
    return std::unexpected(ca_file.empty()
                               ? "The certificates that the system trusts cannot be read."
                               : "No certificates can be read from " + ca_file + ".");
  }
  return TlsClient(std::move(context));
}

TlsSession TlsClient::NewSession(const std::string& host) const {
  TlsSession session(SSL_new(context_.get()));
  if (session == nullptr || !ExpectHost(session.get(), host)) {
    ERR_clear_error();
    return nullptr;
  }
  return session;
}

std::string DescribeTlsFailure(const SSL& session) {
  const long verdict = SSL_get_verify_result(&session);
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  if (verdict != X509_V_OK) return X509_verify_cert_error_string(verdict);
  const char* const reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "the other side ended it";
}

}  // namespace chat::redis
