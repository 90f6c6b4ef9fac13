#include "server/chatctl/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "server/chatctl/admin_connection.h"
#include "server/chatctl/administration.h"
#include "server/chatctl/check.h"
#include "server/chatctl/copy.h"
#include "server/chatctl/export.h"
#include "server/chatctl/trace.h"
#include "server/config/config.h"

namespace chat::chatctl {
namespace {

// What the commands are told.
struct Told {
  AdminFlags server;
  CopyRequest copy;
  NewUser new_user;
  std::string user;
  std::string session;
  std::string message;
  bool generate = false;
  bool yes = false;
};

using Command = std::function<Outcome<void>()>;
using AdminCommand = std::function<Outcome<void>(const AdminConnection&)>;

// Remembers the command whose name is given.
class Commands {
 public:
  Commands(Told& told, const std::filesystem::path& directory)
      : told_(told), directory_(directory) {}

  CLI::App& Add(CLI::App& to, const char* name, const char* what, Command command) {
    CLI::App& added = *to.add_subcommand(name, what);
    added.callback([this, command = std::move(command)] { chosen_ = command; });
    return added;
  }

  // One that asks a running server.
  CLI::App& AddAdmin(CLI::App& to, const char* name, const char* what, AdminCommand command) {
    return Add(to, name, what, [this, command = std::move(command)]() -> Outcome<void> {
      const auto server = AdminConnection::Find(told_.server, directory_);
      if (!server) return std::unexpected(server.error());
      return command(*server);
    });
  }

  // One about a user.
  CLI::App& AddForUser(CLI::App& to, const char* name, const char* what, AdminCommand command) {
    CLI::App& added = AddAdmin(to, name, what, std::move(command));
    added.add_option("user", told_.user, "A username, an e-mail address or id:<user_id>")
        ->required();
    return added;
  }

  Outcome<void> Run() const { return chosen_(); }

 private:
  Told& told_;
  const std::filesystem::path& directory_;
  Command chosen_;
};

PasswordSource SourceOf(const Told& told) {
  return told.generate ? PasswordSource::kGenerated : PasswordSource::kInput;
}

void AddPasswordFlag(CLI::App& command, Told& told) {
  command.add_flag("--generate", told.generate,
                   "Makes a password and prints it, once; else the first line of the standard "
                   "input is it");
}

Outcome<void> EraseIfSure(const AdminConnection& server, const Told& told) {
  if (!told.yes) return std::unexpected("nobody can bring an erased user back; say --yes");
  return EraseUser(server, told.user);
}

void AddUserCommands(CLI::App& app, Commands& commands, Told& told) {
  CLI::App& users = *app.add_subcommand("users", "Who may log in");
  users.require_subcommand(1);
  CLI::App& create =
      commands.AddAdmin(users, "create", "Makes an account", [&](const auto& server) {
        told.new_user.password = SourceOf(told);
        return CreateUser(server, told.new_user);
      });
  create.add_option("username", told.new_user.username)->required();
  create.add_option("email", told.new_user.email)->required();
  AddPasswordFlag(create, told);
  commands.AddForUser(users, "show", "Shows an account",
                      [&](const auto& server) { return ShowUser(server, told.user); });
  commands.AddForUser(users, "disable", "Ends all sessions of a user and lets them open no other",
                      [&](const auto& server) { return DisableUser(server, told.user); });
  commands.AddForUser(users, "enable", "Lets a disabled user log in again",
                      [&](const auto& server) { return EnableUser(server, told.user); });
  AddPasswordFlag(
      commands.AddForUser(
          users, "reset-password", "Sets a new password and ends all sessions of a user",
          [&](const auto& server) { return ResetPassword(server, told.user, SourceOf(told)); }),
      told);
  commands
      .AddForUser(users, "erase",
                  "Forgets who a user is; what they said stays, as a deleted user's",
                  [&](const auto& server) { return EraseIfSure(server, told); })
      .add_flag("--yes", told.yes, "Yes, for ever");
}

void AddSessionCommands(CLI::App& app, Commands& commands, Told& told) {
  CLI::App& sessions = *app.add_subcommand("sessions", "Where a user is logged in");
  sessions.require_subcommand(1);
  commands.AddForUser(sessions, "list", "Lists the sessions of a user",
                      [&](const auto& server) { return ListSessions(server, told.user); });
  commands
      .AddForUser(
          sessions, "revoke", "Ends one session and its connections",
          [&](const auto& server) { return RevokeSession(server, told.user, told.session); })
      .add_option("session_id", told.session)
      ->required();
  commands.AddForUser(sessions, "revoke-all", "Ends all sessions of a user",
                      [&](const auto& server) { return RevokeAllSessions(server, told.user); });
}

void AddServerCommands(CLI::App& app, Commands& commands, Told& told) {
  CLI::App& keys = *app.add_subcommand("keys", "What signs tokens");
  keys.require_subcommand(1);
  commands.AddAdmin(keys, "rotate",
                    "Makes a new signing key; old ones verify until their tokens have expired",
                    RotateKeys);
  commands.AddForUser(app, "export", "Prints all that is stored of a user, a JSON object a line",
                      [&](const auto& server) { return ExportUser(server, told.user); });
  commands
      .AddAdmin(app, "trace", "Tells where a message is and whom it has reached",
                [&](const auto& server) { return TraceMessage(server, told.message); })
      .add_option("message_id", told.message)
      ->required();
  commands.AddAdmin(app, "drain", "Lets the clients of a node go and ends it", Drain);
}

Outcome<void> Copy(const CopyRequest& request) {
  const auto copied = CopyStore(request);
  if (!copied) return std::unexpected(copied.error());
  for (const auto& [table, rows] : *copied) {
    std::printf("%-24s %12lld\n", table.c_str(), static_cast<long long>(rows));
  }
  return {};
}

void AddStoreCommands(CLI::App& app, Commands& commands, Told& told,
                      const std::filesystem::path& directory) {
  CLI::App& copy =
      commands.Add(app, "copy", "Copies an embedded store into an empty PostgreSQL database", [&] {
        told.copy.from = directory / told.copy.from;
        return Copy(told.copy);
      });
  copy.add_option("--from", told.copy.from, "The SQLite file; its server must be stopped")
      ->required();
  copy.add_option("--to", told.copy.to, "URL of the database, migrated and empty")->required();
  app.add_subcommand("check", "Tells whether a server would start; takes the server's own flags");
}

void AddServerFlags(CLI::App& app, AdminFlags& flags) {
  app.fallthrough();
  app.add_option("--admin-listen", flags.admin_listen, "The server's, as are the next two");
  app.add_option("--data-dir", flags.data_dir, "Where an embedded server keeps its admin-token");
  app.add_option("--admin-token-file", flags.admin_token_file,
                 "File with the token that the server wants to be shown");
  app.footer("What is not given is read from the server's environment variables and .env.");
}

// Takes what the server takes, so that it is parsed by the same code.
int Check(int argc, char* const* argv, const std::filesystem::path& directory) {
  const auto config = config::ParseConfig(argc, argv, directory);
  config::HideArguments(argc, argv);
  if (!config) {
    std::fprintf(config.error().exit_code == 0 ? stdout : stderr, "%s\n",
                 config.error().text.c_str());
    return config.error().exit_code == 0 ? 0 : 1;
  }
  int exit_code = 0;
  std::printf("%-6s%-14s%s\n", "ok", "settings", "");
  for (const Checked& checked : CheckAll(*config)) {
    std::printf("%-6s%-14s%s\n", checked.good ? "ok" : "WRONG", checked.what.c_str(),
                checked.detail.c_str());
    if (!checked.good) exit_code = 1;
  }
  return exit_code;
}

}  // namespace

int RunCommand(int argc, char* const* argv, const std::filesystem::path& directory) {
  if (argc > 1 && std::string_view(argv[1]) == "check") {
    return Check(argc - 1, argv + 1, directory);
  }
  CLI::App app("Looks after a chat: its users, its keys, its nodes and its stores.", "chatctl");
  app.require_subcommand(1);
  Told told;
  Commands commands(told, directory);
  AddServerFlags(app, told.server);
  AddUserCommands(app, commands, told);
  AddSessionCommands(app, commands, told);
  AddServerCommands(app, commands, told);
  AddStoreCommands(app, commands, told, directory);
  CLI11_PARSE(app, argc, argv);
  const Outcome<void> done = commands.Run();
  if (done) return 0;
  std::fprintf(stderr, "chatctl: %s\n", done.error().c_str());
  return 1;
}

}  // namespace chat::chatctl
