#include "server/redis/test_certificate.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cassert>
#include <cstdio>
#include <memory>

namespace chat::redis {
namespace {

struct Free {
  void operator()(X509* each) const { X509_free(each); }
  void operator()(EVP_PKEY* each) const { EVP_PKEY_free(each); }
  void operator()(X509_EXTENSION* each) const { X509_EXTENSION_free(each); }
  void operator()(std::FILE* each) const { std::fclose(each); }
};

using File = std::unique_ptr<std::FILE, Free>;

void AddExtension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  assert(extension != nullptr);
  X509_add_ext(certificate, extension.get(), -1);
}

}  // namespace

TestCertificate MakeTestCertificate(const std::filesystem::path& folder,
                                    const std::string& bearer) {
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Free> certificate(X509_new());
  assert(key != nullptr && certificate != nullptr);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  constexpr long kHourInSeconds = 3600;
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHourInSeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHourInSeconds);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), NID_subject_alt_name, bearer);
  X509_sign(certificate.get(), key.get(), EVP_sha256());

  const TestCertificate made{.certificate = folder / "certificate.pem", .key = folder / "key.pem"};
  PEM_write_X509(File(std::fopen(made.certificate.c_str(), "w")).get(), certificate.get());
  PEM_write_PrivateKey(File(std::fopen(made.key.c_str(), "w")).get(), key.get(), nullptr, nullptr,
                       0, nullptr, nullptr);
  return made;
}

}  // namespace chat::redis
