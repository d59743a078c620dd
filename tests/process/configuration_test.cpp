#include <filesystem>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "base/digest.hpp"
#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

using Ran = Installation::Ran;

Installation sqlite_world() { return Installation(Installation::Kind::sqlite); }

}  // namespace

TEST_CASE("config check names every fault at once and shows no secret") {
  auto world = sqlite_world();
  const Ran fine = world.run({"config", "check"});
  CHECK(fine.status == 0);
  CHECK(has(fine.out, "has no faults"));
  CHECK(has(fine.out, "SECRETS_KEY=***"));
  CHECK_FALSE(has(fine.out, world.settings()["SECRETS_KEY"]));

  world.settings()["DATABASE_DSN"] = "postgres://app:canary-dsn@db.example.com/app";
  world.settings()["DATABASE_OWNER_DSN"] =
      "postgresql://owner@db.example.com/app?password=canary-owner&sslmode=require";
  const Ran postgres = world.run({"config", "check"});
  CHECK(postgres.status == 0);
  CHECK(has(postgres.out, "db.example.com"));
  CHECK(has(postgres.out, "sslmode=require"));
  CHECK_FALSE(has(postgres.out + postgres.err, "canary-dsn"));
  CHECK_FALSE(has(postgres.out + postgres.err, "canary-owner"));

  world.settings()["DATABASE_DSN"] = "mysql://root:canary-dsn@db/x";
  world.settings()["DATABASE_OWNER_DSN"] = "";
  world.settings()["SERVER_ADDR"] = "nowhere";
  world.settings()["BASE_URL"] = "gopher://x";
  world.settings()["LOG_LEVEL"] = "loud";
  world.settings()["SIGNUP"] = "maybe";
  world.settings()["KUBERNETES_ENABLED"] = "perhaps";
  world.settings()["SECRETS_KEY"] = "Y2FuYXJ5LXNob3J0";
  write_file(world.folder() + "/settings", "# comment\nLOG_FORMAT=xml\nNO_SUCH_FILE_SETTING=1\n");
  const Ran bad = world.run({"config", "check", "--config", world.folder() + "/settings", "--set",
                             "NO_SUCH_FLAG_SETTING=1", "--set", "AUTO_MIGRATE=perhaps"});
  CHECK(bad.status != 0);
  for (const char* name : {"DATABASE_DSN", "SERVER_ADDR", "BASE_URL", "LOG_LEVEL", "SIGNUP",
                           "KUBERNETES_ENABLED", "SECRETS_KEY", "LOG_FORMAT",
                           "NO_SUCH_FILE_SETTING", "NO_SUCH_FLAG_SETTING", "AUTO_MIGRATE"})
    CHECK_MESSAGE(has(bad.err, std::string("  ") + name + ":"), name << " is not in\n" << bad.err);
  CHECK_FALSE(has(bad.out + bad.err, "canary-dsn"));
  CHECK_FALSE(has(bad.out + bad.err, "Y2FuYXJ5LXNob3J0"));
  // And the server does not start with them.
  CHECK(world.run({"serve", "--set", "NO_SUCH_FLAG_SETTING=1"}).status != 0);
}

TEST_CASE("a flag is stronger than a file, and a file than the environment") {
  auto world = sqlite_world();
  world.settings()["SIGNUP"] = "open";
  write_file(world.folder() + "/settings", "SIGNUP=closed\nLOG_LEVEL=warn\n");
  const std::string file = world.folder() + "/settings";
  const Ran ran = world.run({"config", "check", "--config", file, "--set", "LOG_LEVEL=error"});
  CHECK(ran.status == 0);
  CHECK(has(ran.out, "SIGNUP=closed  (file)"));
  CHECK(has(ran.out, "LOG_LEVEL=error  (flag)"));
}

TEST_CASE("dev mode is refused where others could reach it") {
  auto world = sqlite_world();
  world.settings()["DEV_MODE"] = "true";
  world.settings()["BASE_URL"] = "https://deploy.example.com";
  const Ran far = world.run({"serve"});
  CHECK(far.status != 0);
  CHECK(has(far.err, "DEV_MODE: needs a local BASE_URL"));
  world.settings()["BASE_URL"] = "http://localhost:8080";
  world.settings()["SERVER_ADDR"] = "0.0.0.0:0";
  const Ran wide = world.run({"serve"});
  CHECK(wide.status != 0);
  CHECK(has(wide.err, "DEV_MODE"));
  // Without dev mode there is no login without a password.
  world.settings()["DEV_MODE"] = "false";
  world.settings()["SERVER_ADDR"] = "127.0.0.1:0";
  const auto server = world.start();
  CHECK(request(server->port(), "POST", "/api/v1/auth/login", "{}").status == 422);
}

TEST_CASE("a key that is missing, short, no key, or readable by others is refused") {
  auto world = sqlite_world();
  const auto refused = [&](std::string_view why) {
    const Ran ran = world.run({"serve"});
    CHECK(ran.status != 0);
    CHECK_MESSAGE(has(ran.err, why), ran.err);
    CHECK_FALSE(std::filesystem::exists(world.database_file()));
  };
  world.settings().erase("SECRETS_KEY");
  refused("SECRETS_KEY: is required");
  for (const std::string& bad :
       {std::string("changeme"), base64("too short for a key"), base64(std::string(32, '\0')),
        base64("passwordpasswordpasswordpassword"), std::string("not/base64!")}) {
    world.settings()["SECRETS_KEY"] = bad;
    refused("SECRETS_KEY: ");
  }
  world.settings().erase("SECRETS_KEY");
  const std::string file = world.folder() + "/key";
  world.settings()["SECRETS_KEY_FILE"] = file;
  refused("SECRETS_KEY_FILE: cannot be read");
  write_file(file, base64(world.secrets_key()) + "\n");
  for (const mode_t mode : {0644, 0640, 0604}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    refused("SECRETS_KEY_FILE: must not be readable by others");
  }
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  const auto server = world.start();
  CHECK(server->stop() == 0);
}

TEST_CASE("a second server on one SQLite file is refused and told why") {
  auto world = sqlite_world();
  const auto server = world.start();
  for (const auto& command : {std::vector<std::string>{"serve"}, {"migrate"}}) {
    const Ran second = world.run(command);
    CHECK(second.status != 0);
    CHECK_MESSAGE(has(second.err, "Another process uses the database"), second.err);
  }
  CHECK(server->get("/readyz").status == 200);
  CHECK(server->stop() == 0);
  CHECK(world.run({"migrate"}).status == 0);
}

TEST_CASE("a port that is taken ends the start with the cause") {
  auto world = sqlite_world();
  const auto server = world.start();
  auto other = sqlite_world();
  other.settings()["SERVER_ADDR"] = "127.0.0.1:" + std::to_string(server->port());
  const Ran ran = other.run({"serve"});
  CHECK(ran.status == 1);
  CHECK_MESSAGE(has(ran.err, "SERVER_ADDR: cannot listen on"), ran.err);
  CHECK_MESSAGE(has(ran.err, std::to_string(server->port())), ran.err);
  // It had not begun: nothing was written, no lease was taken.
  CHECK_FALSE(std::filesystem::exists(other.database_file()));
  other.settings()["SERVER_ADDR"] = "127.0.0.1:0";
  other.settings()["METRICS_ADDR"] = "127.0.0.1:" + std::to_string(server->port());
  const Ran metrics = other.run({"serve"});
  CHECK(metrics.status == 1);
  CHECK_MESSAGE(has(metrics.err, "METRICS_ADDR: cannot listen on"), metrics.err);
}

TEST_CASE("migrate may run again, and is needed where the server may not do it") {
  on_both_engines([](Installation& world) {
    world.settings()["AUTO_MIGRATE"] = "false";
    const Ran early = world.run({"serve"});
    CHECK(early.status == 1);
    CHECK_MESSAGE(has(early.err, "migrate"), early.err);

    const Ran first = world.run({"migrate"});
    INFO(first.err);
    CHECK(first.status == 0);
    CHECK(has(first.out, "applied 0001"));
    const Ran second = world.run({"migrate"});
    CHECK(second.status == 0);
    CHECK_FALSE(has(second.out, "applied"));
    CHECK(has(second.out, "the schema is at version"));
    const auto server = world.start();
    CHECK(server->stop() == 0);

    // A schema from the future is no better than an old one.
    world.execute(
        "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (9000, "
        "'9000_later', 'x', 0)");
    for (const char* migrate : {"false", "true"}) {
      world.settings()["AUTO_MIGRATE"] = migrate;
      const Ran late = world.run({"serve"});
      CHECK(late.status == 1);
      CHECK_FALSE(late.err.empty());
    }
  });
}

TEST_CASE("a database that has used a real cluster refuses the simulated one") {
  on_both_engines([](Installation& world) {
    auto server = world.start();
    CHECK(server->stop() == 0);
    // As its first start on a real cluster leaves it.
    world.execute("INSERT INTO installation (key, value) VALUES ('cluster', 'real')");
    const Ran ran = world.run({"serve"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(has(ran.err, "real cluster"), ran.err);
  });
}

TEST_CASE("the doctor says what keeps it from a cluster, and ends with 1") {
  auto world = sqlite_world();
  const Ran simulated = world.run({"doctor"});
  CHECK(simulated.status == 1);
  CHECK_MESSAGE(has(simulated.err, "simulated"), simulated.err);
  const std::string kubeconfig = world.folder() + "/nobody";
  // Nobody listens on the port of tcpmux.
  write_file(kubeconfig,
             "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
             "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
             "users: [{name: c, user: {token: canary-token}}]\n"
             "contexts: [{name: c, context: {cluster: c, user: c}}]\n");
  world.settings()["KUBERNETES_ENABLED"] = "true";
  world.settings()["KUBECONFIG"] = kubeconfig;
  const Ran away = world.run({"doctor"});
  CHECK(away.status == 1);
  CHECK_MESSAGE(has(away.out, "FAULT the API server does not answer"), away.out << away.err);
  CHECK(has(away.out, "KUBECONFIG"));
  CHECK_FALSE(has(away.out + away.err, "canary-token"));
  CHECK(world.run({"doctor", "--components", "kitchen"}).status != 0);
}

TEST_CASE("admin link works beside the running server, and each link once") {
  on_both_engines([](Installation& world) {
    const auto server = world.start();
    (void)Installation::administrator(*server);
    // The first link was used; the console can always make another.
    const Ran link = world.run({"admin", "link"});
    INFO(link.err);
    REQUIRE(link.status == 0);
    REQUIRE(has(link.out, "http://localhost:8080/setup#"));
    std::string token = link.out.substr(link.out.find('#') + 1);
    token.resize(token.find('\n'));
    Person second(server->port());
    const auto use = [&](const std::string& email) {
      return second.post("/setup", Json::object({{"token", token},
                                                 {"email", email},
                                                 {"password", Person::kPassword},
                                                 {"name", "Second"}}));
    };
    CHECK(use("second@example.com").status == 201);
    const Answer again = use("third@example.com");
    CHECK(again.status == 404);
    CHECK(again.code() == "setup_link_invalid");
    REQUIRE(second.login("second@example.com").status == 200);
    CHECK(second.get("/me").json().at("platform_admin") == Json(true));
    CHECK(server->get("/readyz").status == 200);
  });
}

TEST_CASE("admin link needs the database and nothing of the cluster") {
  auto world = sqlite_world();
  {
    const auto server = world.start();
    CHECK(server->stop() == 0);
  }
  world.settings()["KUBERNETES_ENABLED"] = "true";
  world.settings()["KUBECONFIG"] = world.folder() + "/of-somebody-else";
  const Ran link = world.run({"admin", "link"});
  CHECK_MESSAGE(link.status == 0, link.err);
  CHECK(world.run({"migrate"}).status == 0);
  CHECK(world.run({"serve"}).status != 0);
}

TEST_CASE("admin link makes no database of a path that is mistyped") {
  auto world = sqlite_world();
  world.settings()["DATABASE_DSN"] = "sqlite:" + world.folder() + "/no-folder/mistyped.db";
  const Ran link = world.run({"admin", "link"});
  CHECK(link.status == 1);
  CHECK_MESSAGE(has(link.err, "There is no database " + world.folder() + "/no-folder/mistyped.db"),
                link.err);
  CHECK_FALSE(std::filesystem::exists(world.folder() + "/no-folder"));
}

TEST_CASE("version and manifests need no configuration, and the manifests are what kubectl reads") {
  auto world = sqlite_world();
  world.settings() = {{"PATH", "/usr/bin:/bin"}};
  const Ran version = world.run({"version"});
  CHECK(version.status == 0);
  CHECK(version.out.starts_with("k8s-scheduler "));
  CHECK(world.run({"--version"}).out == version.out);
  for (const char* command : {"version", "manifests"}) {
    const Ran ran = world.run({"--config", world.folder() + "/nope", command});
    CHECK(ran.status == 2);
    CHECK_MESSAGE(has(ran.err, "--config: does not exist: "), ran.err);
  }

  const Ran manifests = world.run({"manifests"});
  CHECK(manifests.status == 0);
  auto documents = world.folder() + "/manifests.yaml";
  write_file(documents, manifests.out);
  const std::string check =
      "import sys, yaml\n"
      "all = [d for d in yaml.safe_load_all(open(sys.argv[1])) if d]\n"
      "print(' '.join(sorted(d['kind'] + '/' + d['metadata']['name'] for d in all)))\n"
      "assert all and len({(d['kind'], d['metadata']['name'], d['metadata'].get('namespace')) "
      "for d in all}) == len(all)\n";
  Child python({"/usr/bin/python3", "-c", check, documents}, world.settings(),
               world.folder() + "/python.out", world.folder() + "/python.err");
  CHECK(python.wait(seconds(30)) == 0);
  INFO(python.err());
  const std::string kinds = python.out();
  for (const char* wanted : {"CustomResourceDefinition/sandboxes.", "ClusterRole/",
                             "CustomResourceDefinition/userdeployments.", "ServiceAccount/"})
    CHECK_MESSAGE(has(kinds, wanted), kinds);
}

TEST_CASE("a command that does not exist is refused") {
  auto world = sqlite_world();
  for (const auto& words : {std::vector<std::string>{"frobnicate"},
                            {"config", "frobnicate"},
                            {"--set", "A=b", "frobnicate"},
                            {"admin", "link", "frobnicate"}}) {
    const Ran ran = world.run(words);
    CHECK(ran.status != 0);
    CHECK_MESSAGE(has(ran.err, "frobnicate"), ran.err);
  }
  CHECK(has(world.run({"frobnicate"}).err, "frobnicate is not a command"));
  CHECK(has(world.run({"frobnicate"}).err,
            "serve, migrate, config, manifests, admin, audit, isolation, probe, doctor, "
            "version"));
  CHECK(has(world.run({"config", "frobnicate"}).err, "k8s-scheduler config has check"));
  CHECK(world.run({}).status != 0);
  const Ran parts = world.run({"serve", "--components", "api,kitchen"});
  CHECK(parts.status != 0);
  CHECK(has(parts.err, "kitchen"));
}
