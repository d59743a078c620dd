#include "main/config/config.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

namespace ks {

namespace {

constexpr std::string_view kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

LoadedConfig load(std::map<std::string, std::string> environment,
                  std::map<std::string, std::string> flags = {}) {
  ConfigInput input;
  input.environment =
      [environment = std::move(environment)](std::string_view name) -> std::optional<std::string> {
    const auto at = environment.find(std::string(name));
    return at == environment.end() ? std::nullopt : std::optional(at->second);
  };
  input.flags = std::move(flags);
  return load_config(input);
}

std::map<std::string, std::string> good() {
  return {{"SECRETS_KEY", std::string(kKey)},
          {"DEPLOYMENT_DOMAIN", "apps.localhost"},
          {"KUBERNETES_ENABLED", "simulated"}};
}

bool has_fault(const LoadedConfig& loaded, std::string_view name) {
  return std::ranges::any_of(loaded.faults,
                             [&](const std::string& f) { return f.starts_with(name); });
}

}  // namespace

TEST_CASE("the smallest configuration has no faults and the documented defaults") {
  const auto loaded = load(good());
  CHECK(loaded.faults.empty());
  CHECK(loaded.config.server_port == 8080);
  CHECK(loaded.config.auto_migrate);
  CHECK(loaded.config.namespace_pattern.text() == "sandbox-{userId}");
  CHECK(loaded.config.op.url_scheme == "http");
  CHECK(loaded.config.op.user_namespaces == op::UserNamespaces::never);
}

TEST_CASE("sign-up is verified where a mail server is set, and never without any mail") {
  const auto mode = [](std::map<std::string, std::string> more) {
    auto settings = good();
    settings.merge(more);
    const auto loaded = load(settings);
    return has_fault(loaded, "SIGNUP") ? "fault" : loaded.config.sign_up;
  };
  const std::map<std::string, std::string> server{{"SMTP_URL", "smtp://localhost"},
                                                  {"MAIL_FROM", "noreply@example.com"}};
  CHECK(mode({}) == "open");
  CHECK(mode(server) == "verified");
  auto open = server;
  open["SIGNUP"] = "open";
  CHECK(mode(open) == "open");
  CHECK(mode({{"SIGNUP", "closed"}}) == "closed");
  // Into files, for trying it out.
  CHECK(mode({{"SIGNUP", "verified"}}) == "verified");
  auto settings = good();
  settings["BASE_URL"] = "https://ks.example.com";
  settings["SIGNUP"] = "verified";
  CHECK(has_fault(load(settings), "SIGNUP"));
  settings["SIGNUP"] = "";
  CHECK(load(settings).config.sign_up == "open");
}

TEST_CASE("every fault is said at once, each with its setting") {
  const auto loaded = load({{"DATABASE_DSN", "mysql://x"},
                            {"SERVER_ADDR", "nowhere"},
                            {"BASE_URL", "ftp://x"},
                            {"KUBERNETES_ENABLED", "perhaps"},
                            {"KUBERNETES_NAMESPACE", "one-for-all"},
                            {"SIGNUP", "verified"},
                            {"LOG_LEVEL", "loud"},
                            {"DNS_CIDRS", "10.0.0.0/99"},
                            {"DEDICATED_NODES", "pool"},
                            {"USER_NAMESPACES", "yes"}});
  for (const char* name :
       {"DATABASE_DSN", "SERVER_ADDR", "BASE_URL", "KUBERNETES_ENABLED", "KUBERNETES_NAMESPACE",
        "SIGNUP", "LOG_LEVEL", "DNS_CIDRS", "DEDICATED_NODES", "USER_NAMESPACES", "SECRETS_KEY",
        "DEPLOYMENT_DOMAIN"}) {
    CAPTURE(name);
    CHECK(has_fault(loaded, name));
  }
}

TEST_CASE("sandboxes cannot be called like a namespace that is let in everywhere") {
  const auto faulty = [](std::map<std::string, std::string> more) {
    auto settings = good();
    settings.merge(more);
    return has_fault(load(settings), "KUBERNETES_NAMESPACE");
  };
  CHECK_FALSE(faulty({{"KUBERNETES_NAMESPACE", "apps-{orgSlug}"}}));
  CHECK(faulty({{"KUBERNETES_NAMESPACE", "k8s-{orgSlug}"}}));
  CHECK_FALSE(
      faulty({{"KUBERNETES_NAMESPACE", "k8s-{orgSlug}"}, {"SYSTEM_NAMESPACE", "platform"}}));
  // That of the probe begins like it.
  CHECK(faulty({{"KUBERNETES_NAMESPACE", "a-{orgSlug}-probe"}, {"SYSTEM_NAMESPACE", "a-b"}}));
  CHECK(faulty({{"KUBERNETES_NAMESPACE", "ingress-{orgSlug}"}}));
  CHECK(faulty({{"KUBERNETES_NAMESPACE", "edge-{teamSlug}"},
                {"INGRESS_FROM", "10.0.0.0/8,namespace=edge-a/app=traefik"}}));
  CHECK(faulty({{"KUBERNETES_NAMESPACE", "dns-{teamSlug}"}, {"DNS_SELECTOR", "dns-a/app=dns"}}));
}

TEST_CASE("an empty, short, guessable or malformed key is refused") {
  for (const char* key :
       {"", "c2hvcnQ=", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="}) {
    auto settings = good();
    settings["SECRETS_KEY"] = key;
    CAPTURE(key);
    CHECK(has_fault(load(settings), "SECRETS_KEY"));
  }
}

TEST_CASE("a kubeconfig without the context that is named is a fault") {
  const std::string path = std::string(std::getenv("KS_BINARY_DIR")) + "/config_test.kubeconfig";
  std::ofstream(path) << "{apiVersion: v1, kind: Config, current-context: one,\n"
                         "contexts: [{name: one, context: {cluster: c, user: u}}],\n"
                         "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:6443'}}],\n"
                         "users: [{name: u, user: {token: t}}]}\n";
  auto settings = good();
  settings["KUBERNETES_ENABLED"] = "true";
  settings["KUBECONFIG"] = path;
  CHECK(load(settings).faults.empty());
  settings["KUBERNETES_CONTEXT"] = "two";
  const auto loaded = load(settings);
  REQUIRE(loaded.faults.size() == 1);
  CHECK(loaded.faults[0] == "KUBERNETES_CONTEXT: the kubeconfig has no context named \"two\"");
  settings.erase("KUBERNETES_CONTEXT");
  std::ofstream(path) << "no kubeconfig";
  CHECK(has_fault(load(settings), "KUBECONFIG"));
  settings["KUBECONFIG"] = path + ".none";
  CHECK(has_fault(load(settings), "KUBECONFIG: cannot be read"));
}

TEST_CASE("what a server was given is read back from the file that it leaves") {
  auto settings = good();
  settings["DATABASE_DSN"] = "postgres://ks:a%20b=c@db/ks";
  settings["HOME"] = "/home/ann";
  const auto loaded = load(settings, {{"SIGNUP", "closed"}});
  const auto read = parse_config_file(config_file_text(loaded.given));
  REQUIRE(read);
  CHECK(*read == loaded.given);
  CHECK(read->at("SECRETS_KEY") == kKey);
  CHECK(read->at("SIGNUP") == "closed");
  CHECK(read->at("DATABASE_DSN") == "postgres://ks:a%20b=c@db/ks");
  CHECK(read->count("HOME") == 0);
}

TEST_CASE("dev mode is refused away from this machine") {
  auto settings = good();
  settings["DEV_MODE"] = "true";
  CHECK(load(settings).faults.empty());
  settings["BASE_URL"] = "https://ks.example.com";
  CHECK(has_fault(load(settings), "DEV_MODE"));
  settings["BASE_URL"] = "http://localhost:8080";
  settings["SERVER_ADDR"] = "0.0.0.0:8080";
  CHECK(has_fault(load(settings), "DEV_MODE"));
}

TEST_CASE("plain http is a fault anywhere but on this machine") {
  auto settings = good();
  settings["BASE_URL"] = "http://ks.example.com";
  CHECK(has_fault(load(settings), "BASE_URL"));
}

TEST_CASE("workloads must not live within reach of the login host's cookies") {
  auto settings = good();
  settings["BASE_URL"] = "https://ks.example.com";
  for (const char* domain : {"ks.example.com", "apps.ks.example.com", "example.com"}) {
    settings["DEPLOYMENT_DOMAIN"] = domain;
    CAPTURE(domain);
    CHECK(has_fault(load(settings), "DEPLOYMENT_DOMAIN"));
  }
  settings["DEPLOYMENT_DOMAIN"] = "example-apps.net";
  CHECK(load(settings).faults.empty());
}

TEST_CASE("a misspelt flag is a fault; an unknown variable of the environment is not ours") {
  auto settings = good();
  settings["HOME"] = "/home/ann";
  CHECK(load(settings).faults.empty());
  CHECK(has_fault(load(settings, {{"SERVER_ADRR", "x"}}), "SERVER_ADRR"));
}

TEST_CASE("what is printed has no password and no key") {
  auto settings = good();
  settings["DATABASE_DSN"] = "postgres://ks:hunter22@db/ks?sslmode=verify-full";
  settings["AUTO_MIGRATE"] = "false";
  const auto loaded = load(settings);
  CHECK(loaded.config.database_dsn.find("hunter22") != std::string::npos);
  for (const Setting& setting : loaded.settings) {
    CHECK(setting.value.find("hunter22") == std::string::npos);
    CHECK(setting.value.find(kKey) == std::string::npos);
  }
}

TEST_CASE("however an address is spelled, no part of its secrets is printed") {
  // Each holds the secret "S3cr3t" or a piece of it, "S3c" or "r3t".
  for (const char* dsn : {"postgres://ks:S3cr3t@db/ks",
                          "postgres://ks:S3c@r3t@db/ks",
                          "postgres://ks:S3c/r3t@db/ks",
                          "postgres://ks:S3c?r3t@db/ks",
                          "postgres://ks:S3c#r3t@db/ks",
                          "postgres://ks:S3c:r3t@db/ks",
                          "postgres://ks:S3c%40r3t@db/ks",
                          "postgres://ks:S3c r3t@db/ks",
                          "postgres://:S3cr3t@db/ks",
                          "postgres://ks:S3cr3t/ks",
                          "postgres://db:5432/ks?user=ks&password=S3cr3t",
                          "postgres://db/ks?password=S3c@r3t",
                          "postgres://db/ks?pass%77ord=S3cr3t",
                          "postgres://db/ks?PASSWORD=S3cr3t",
                          "postgres://db/ks?sslpassword=S3cr3t&sslmode=require",
                          "postgres://ks@db/ks?password=S3c&r3t",
                          "postgres://ks@db/ks?password=S3c#r3t",
                          "postgres://ks@db/ks?options=-c%20x.y=S3cr3t",
                          "postgresql://ks:S3cr3t@a:1,b:2/ks",
                          "host=db user=ks password=S3cr3t",
                          "host=db password = 'S3c r3t'",
                          "ks:S3cr3t@db",
                          "postgres:/ks:S3cr3t@db",
                          "postgres//ks:S3cr3t@db/ks",
                          "http://ann:S3cr3t@proxy:3128",
                          "ann:S3cr3t@proxy:3128",
                          "postgres://ks:S3cr3t@[::1]:5432/ks"}) {
    const std::string shown = mask_dsn(dsn);
    CAPTURE(dsn);
    CAPTURE(shown);
    CHECK(shown.find("S3c") == std::string::npos);
    CHECK(shown.find("r3t") == std::string::npos);
    auto settings = good();
    settings["DATABASE_DSN"] = dsn;
    const LoadedConfig loaded = load(settings);
    for (const auto& fault : loaded.faults) {
      CHECK(fault.find("S3c") == std::string::npos);
      CHECK(fault.find("r3t") == std::string::npos);
    }
  }
  CHECK(mask_dsn("postgres://ks:x@db:5432/ks?sslmode=require&password=y") ==
        "postgres://ks:***@db:5432/ks?sslmode=require&password=***");
  CHECK(mask_dsn("postgres://db,[::1]:5433/ks") == "postgres://db,[::1]:5433/ks");
  CHECK(mask_dsn("sqlite:./data/k8s@home.db") == "sqlite:./data/k8s@home.db");
}

TEST_CASE("an address that can be read in two ways is refused before anybody connects") {
  auto settings = good();
  settings["AUTO_MIGRATE"] = "false";
  for (const char* dsn :
       {"postgres://ks:S3c@r3t@db/ks", "postgres://ks:S3c/r3t@db/ks", "postgres://ks:S3cr3t/ks"}) {
    settings["DATABASE_DSN"] = dsn;
    CHECK(has_fault(load(settings), "DATABASE_DSN"));
  }
  settings["DATABASE_DSN"] = "postgres://ks:S3c%40r3t@db/ks";
  CHECK(load(settings).faults.empty());
}

TEST_CASE("what is printed of a setting that was left empty is what is in force") {
  const auto shown = [](const LoadedConfig& loaded, std::string_view name) {
    return std::ranges::find(loaded.settings, name, &Setting::name)->value;
  };
  CHECK(shown(load(good()), "AUTO_MIGRATE") == "true");
  CHECK(shown(load(good()), "LOG_FORMAT") == "json");
  CHECK(shown(load(good()), "AUDIT_SINK") == "file:./data/audit-heads.log");
  auto settings = good();
  for (const auto& [database, sink] :
       {std::pair{"/srv/it/data/k8s-scheduler.db", "file:/srv/it/data/audit-heads.log"},
        {"/srv/it/data/own.db", "log"},
        {":memory:", "log"}}) {
    settings["DATABASE_DSN"] = std::string("sqlite:") + database;
    CHECK(shown(load(settings), "AUDIT_SINK") == sink);
  }
  settings["DATABASE_DSN"] = "postgres://ks@db/ks";
  CHECK(shown(load(settings), "AUTO_MIGRATE") == "false");
  CHECK(shown(load(settings), "AUDIT_SINK") == "log");
  settings["AUDIT_SINK"] = "file:/var/heads";
  CHECK(shown(load(settings), "AUDIT_SINK") == "file:/var/heads");
  settings["AUDIT_SINK"] = "";
  settings["AUTO_MIGRATE"] = "true";
  settings["LOG_FORMAT"] = "text";
  CHECK(shown(load(settings), "AUTO_MIGRATE") == "true");
  CHECK(shown(load(settings), "LOG_FORMAT") == "text");
}

TEST_CASE("a limit of requests is a number above zero: none is no way to switch it off") {
  auto settings = good();
  CHECK(load(settings).config.quotas.writes == 1200);
  for (const char* value : {"", "0", "-1", "many", "10x", "10000000000"}) {
    settings["RATE_LIMIT_WRITES"] = value;
    CHECK(has_fault(load(settings), "RATE_LIMIT_WRITES"));
  }
  settings["RATE_LIMIT_WRITES"] = "5";
  CHECK(load(settings).config.quotas.writes == 5);
}

TEST_CASE("the operator alone asks for no key and no domain") {
  ConfigInput input;
  input.environment = [](std::string_view name) -> std::optional<std::string> {
    return name == "KUBERNETES_ENABLED" ? std::optional<std::string>("simulated") : std::nullopt;
  };
  input.api = false;
  CHECK(load_config(input).faults.empty());
}

TEST_CASE("every setting is documented") {
  const char* root = std::getenv("KS_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::ifstream file(std::string(root) + "/docs/operations/configuration.md");
  std::stringstream text;
  text << file.rdbuf();
  for (const Variable& variable : config_variables()) {
    CAPTURE(variable.name);
    CHECK(text.str().find("`" + std::string(variable.name) + "`") != std::string::npos);
  }
}

TEST_CASE("a configuration file is NAME=VALUE lines, each name once") {
  const auto parsed = parse_config_file("# a comment\n\nSIGNUP=closed\r\n  LOG_LEVEL=warn\n");
  REQUIRE(parsed);
  CHECK(parsed->at("SIGNUP") == "closed");
  CHECK(parsed->at("LOG_LEVEL") == "warn");
  CHECK_FALSE(parse_config_file("SIGNUP"));
  CHECK_FALSE(parse_config_file("A=1\nA=2\n"));
}

TEST_CASE("mail goes to the server that is named, into files on this machine, else nowhere") {
  const auto local = load(good());
  CHECK(local.config.mail_mode == MailMode::folder);
  CHECK(local.config.mail_folder == "./data/mail");
  auto settings = good();
  settings["BASE_URL"] = "https://ks.example.com";
  const auto remote = load(settings);
  CHECK(remote.faults.empty());
  CHECK(remote.config.mail_mode == MailMode::off);

  settings["SMTP_URL"] = "smtp://user:canary@mail.example.com";
  CHECK(has_fault(load(settings), "MAIL_FROM"));
  settings["MAIL_FROM"] = "Acme Deploy <noreply@example.com>";
  const auto with = load(settings);
  CHECK(with.faults.empty());
  CHECK(with.config.mail_mode == MailMode::server);
  CHECK(with.config.smtp.password == "canary");
  CHECK(with.config.smtp.hello == "ks.example.com");
  CHECK(with.config.mail_name == "Acme Deploy");
  CHECK(with.config.mail_from->text() == "noreply@example.com");
  for (const auto& setting : with.settings)
    CHECK(setting.value.find("canary") == std::string::npos);
}

TEST_CASE(
    "a mail server, sender or authority that cannot be right is a fault without the password") {
  auto settings = good();
  settings["SMTP_URL"] = "smtp://canary@mail.example.com";
  settings["MAIL_FROM"] = "a@b.example, c@d.example";
  settings["CA_FILE"] = "/does/not/exist.pem";
  const auto loaded = load(settings);
  for (const char* name : {"SMTP_URL", "CA_FILE"}) CHECK(has_fault(loaded, name));
  for (const auto& fault : loaded.faults) CHECK(fault.find("canary") == std::string::npos);
  settings["SMTP_URL"] = "";
  for (const char* from : {"a@b.example, c@d.example", "nobody", "Evil\r\nBcc: x <a@b.example>",
                           " <a@b.example>", "A <a@b.example> <c@d.example>"}) {
    settings["MAIL_FROM"] = from;
    CHECK(has_fault(load(settings), "MAIL_FROM"));
  }
}

}  // namespace ks
