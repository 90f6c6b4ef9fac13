#include "server/app/startup.h"

#include <chrono>
#include <utility>

#include "server/app/clustered_backend.h"
#include "server/app/embedded_backend.h"
#include "server/app/startup_loop.h"
#include "server/auth/secure_random.h"
#include "server/auth/wrapping_secret.h"
#include "server/net/ip_address.h"
#include "server/net/listening_socket.h"
#include "server/ports/signing_keys.h"
#include "server/telemetry/log.h"

namespace chat::app {
namespace {

constexpr std::chrono::seconds kKeysDeadline{30};

std::expected<std::unique_ptr<auth::Keyring>, std::string> LoadKeys(
    Backend& backend, std::optional<auth::WrappingSecret> secret) {
  StartupLoop loop;
  const std::unique_ptr<SigningKeys> keys = backend.MakeSigningKeys(loop);
  auth::SystemRandom random;
  const bool wrapped = secret.has_value();
  std::optional<Result<auth::Keyring, auth::KeyringError>> loaded;
  auth::LoadKeyring(*keys, std::move(secret), random,
                    [&](Result<auth::Keyring, auth::KeyringError> keyring) {
                      loaded.emplace(std::move(keyring));
                    });
  if (!loop.RunUntil([&] { return loaded.has_value(); }, kKeysDeadline)) {
    return std::unexpected("the store did not answer with the signing keys in time");
  }
  if (!*loaded) return std::unexpected(std::string(auth::Explain(loaded->error())));
  if (wrapped && (*loaded)->unwrapped_count() > 0) {
    telemetry::Log(
        telemetry::Severity::kWarn, "signing_keys_unwrapped",
        {{"reason", "keys made before there was a secret file lie in the store as they are"}});
  }
  return std::make_unique<auth::Keyring>(**std::move(loaded));
}

std::expected<std::unique_ptr<Backend>, std::string> OpenStore(const config::Config& config) {
  if (config.postgres) return ClusteredBackend::Open(config);
  return EmbeddedBackend::Open(config);
}

// An embedded store has a folder of its own, which its owner alone can read.
std::expected<std::optional<auth::AdminToken>, std::string> OpenAdminToken(
    const config::Config& config) {
  if (!config.admin_listen) return std::nullopt;
  if (config.admin_token_file) return auth::ReadAdminToken(*config.admin_token_file);
  if (config.postgres) return std::nullopt;
  auth::SystemRandom random;
  return auth::ReadOrMakeAdminToken(config.data_dir / auth::kAdminTokenFile, random);
}

std::expected<std::vector<net::FileDescriptor>, std::string> Listen(
    const config::ListenAddress& address, std::size_t count) {
  const std::string where = address.host + ":" + std::to_string(address.port);
  const auto ip = net::IpAddress::Parse(address.host);
  if (!ip) return std::unexpected("cannot listen on " + where + ": not an IP address");
  auto sockets = net::OpenListeningSockets({.address = *ip, .port = address.port}, count);
  if (!sockets)
    return std::unexpected("cannot listen on " + where + ": " + sockets.error().message());
  return *std::move(sockets);
}

}  // namespace

std::expected<OpenedBackend, std::string> OpenBackend(const config::Config& config) {
  OpenedBackend opened;
  if (config.secret_file) {
    auto secret = auth::ReadWrappingSecret(*config.secret_file);
    if (!secret) return std::unexpected(std::move(secret.error()));
    opened.secret = *std::move(secret);
  }
  auto backend = OpenStore(config);
  if (!backend) return std::unexpected(std::move(backend.error()));
  opened.backend = *std::move(backend);
  auto keyring = LoadKeys(*opened.backend, opened.secret);
  if (!keyring) return std::unexpected(std::move(keyring.error()));
  opened.keyring = *std::move(keyring);
  auto admin_token = OpenAdminToken(config);
  if (!admin_token) return std::unexpected(std::move(admin_token.error()));
  opened.admin_token = *std::move(admin_token);
  return opened;
}

std::expected<PublicSockets, std::string> OpenSockets(const config::Config& config) {
  auto listening = Listen(config.listen, config.shards);
  if (!listening) return std::unexpected(std::move(listening.error()));
  PublicSockets sockets{.listening = *std::move(listening), .admin = std::nullopt};
  if (config.admin_listen) {
    auto admin = Listen(*config.admin_listen, 1);
    if (!admin) return std::unexpected(std::move(admin.error()));
    sockets.admin = std::move(admin->front());
  }
  return sockets;
}

}  // namespace chat::app
