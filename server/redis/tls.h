// TLS as a client: whom to trust, and one session per connection that checks the server's name.
// hiredis' own setup checks certificates but not names, so it is not used.
#pragma once

#include <openssl/ssl.h>

#include <expected>
#include <memory>
#include <string>

namespace chat::redis {

struct FreeSsl {
  void operator()(SSL* session) const { SSL_free(session); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

using TlsSession = std::unique_ptr<SSL, FreeSsl>;

// Thread: one. Lifetime: any; sessions outlive it.
class TlsClient {
 public:
  // Trusts the certificates of `ca_file`, those of the system if it is empty.
  //
  // Errors: one sentence when the file cannot be read.
  static std::expected<TlsClient, std::string> Make(const std::string& ca_file);

  // For a connection to `host`, a name or an IP address that the certificate has to bear. Null when
  // there is no memory.
  TlsSession NewSession(const std::string& host) const;

 private:
  explicit TlsClient(std::unique_ptr<SSL_CTX, FreeSsl> context) : context_(std::move(context)) {}

  std::unique_ptr<SSL_CTX, FreeSsl> context_;
};

// Why a handshake failed, as the end of a sentence.
std::string DescribeTlsFailure(const SSL& session);

}  // namespace chat::redis
