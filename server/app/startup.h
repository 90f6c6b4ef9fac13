// What has to be there before a shard can run: the open backend with the signing keys of its store,
// and the sockets.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/app/backend.h"
#include "server/auth/admin_token.h"
#include "server/auth/keyring.h"
#include "server/auth/wrapping_secret.h"
#include "server/config/config.h"
#include "server/net/file_descriptor.h"

namespace chat::app {

// In the order in which they must outlive each other.
struct OpenedBackend {
  std::unique_ptr<Backend> backend;
  std::unique_ptr<auth::Keyring> keyring;  // as the store has it now
  std::optional<auth::WrappingSecret> secret;
  std::optional<auth::AdminToken> admin_token;  // without: chatctl is not served
};

struct PublicSockets {
  std::vector<net::FileDescriptor> listening;  // one for each shard
  std::optional<net::FileDescriptor> admin;
};

// Opens and migrates the store, and loads or makes its signing keys and its admin token.
// Errors: one sentence, also for a file of a secret that is missing or not fit.
std::expected<OpenedBackend, std::string> OpenBackend(const config::Config& config);

// Errors: one sentence that names the address.
std::expected<PublicSockets, std::string> OpenSockets(const config::Config& config);

}  // namespace chat::app
