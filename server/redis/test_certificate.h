// A certificate of its own making for tests of TLS.
#pragma once

#include <filesystem>
#include <string>

namespace chat::redis {

struct TestCertificate {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

// Writes a new key and a certificate that it signed itself to `folder`. `bearer` is whom it names,
// as in OpenSSL's subjectAltName: "IP:127.0.0.1".
TestCertificate MakeTestCertificate(const std::filesystem::path& folder, const std::string& bearer);

}  // namespace chat::redis
