#include "kube/https/kubeconfig.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/digest.hpp"

namespace ks::kube::https {

namespace {

std::string config(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: here\n"
         "contexts:\n"
         "- name: here\n  context: {cluster: c, user: u, namespace: n}\n"
         "- name: there\n  context: {cluster: d, user: u}\n"
         "clusters:\n"
         "- name: c\n  cluster: {" +
         cluster +
         "}\n"
         "- name: d\n  cluster: {server: 'https://there.example:6443/'}\n"
         "users:\n- name: u\n  user: {" +
         user + "}\n";
}

const std::string kServer = "server: 'https://api.example:6443'";

std::string refusal(const std::string& cluster, const std::string& user) {
  const auto parsed = parse_kubeconfig(config(cluster, user), "/");
  REQUIRE_FALSE(parsed.has_value());
  return parsed.error().message;
}

bool mentions(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the current context is taken, or the one that is named") {
  const std::string text = config(kServer, "token: secret-1");
  const auto current = parse_kubeconfig(text, "/");
  REQUIRE(current.has_value());
  CHECK(current->server == "https://api.example:6443");
  CHECK(current->token == "secret-1");
  CHECK(current->ns == "n");
  const auto other = parse_kubeconfig(text, "/", "there");
  REQUIRE(other.has_value());
  CHECK(other->server == "https://there.example:6443");
  CHECK(other->ns.empty());
  CHECK_FALSE(parse_kubeconfig(text, "/", "nowhere").has_value());
}

TEST_CASE("a kubeconfig in JSON is one in YAML") {
  const auto parsed = parse_kubeconfig(
      R"({"current-context":"a","contexts":[{"name":"a","context":{"cluster":"b","user":"c"}}],
          "clusters":[{"name":"b","cluster":{"server":"https://h"}}],
          "users":[{"name":"c","user":{"token":"t"}}]})",
      "/");
  REQUIRE(parsed.has_value());
  CHECK(parsed->server == "https://h");
}

TEST_CASE("certificates and keys are read from the text or from the files that it names") {
  char folder[] = "/tmp/ks-kubeconfig-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  const std::string dir = folder;
  std::ofstream(dir + "/ca.pem") << "CA";
  std::ofstream(dir + "/config") << config(kServer + ", certificate-authority: ca.pem",
                                           "client-certificate-data: " + base64("CERT") +
                                               ", client-key-data: " + base64("KEY") +
                                               ", tokenFile: token");
  const auto loaded = load_kubeconfig(dir + "/config");
  REQUIRE(loaded.has_value());
  CHECK(loaded->ca == "CA");
  CHECK(loaded->client_certificate == "CERT");
  CHECK(loaded->client_key == "KEY");
  CHECK(loaded->token_file == dir + "/token");
  ::unlink((dir + "/ca.pem").c_str());
  const auto missing = load_kubeconfig(dir + "/config");
  REQUIRE_FALSE(missing.has_value());
  CHECK(mentions(missing.error().message, "ca.pem"));
  ::unlink((dir + "/config").c_str());
  ::rmdir(folder);
  CHECK_FALSE(load_kubeconfig(dir + "/config").has_value());
}

TEST_CASE("skipping the check of the server's certificate is refused") {
  CHECK(mentions(refusal(kServer + ", insecure-skip-tls-verify: true", "token: t"),
                 "insecure-skip-tls-verify"));
  CHECK(mentions(refusal(kServer + ", insecure-skip-tls-verify: 'true'", "token: t"),
                 "insecure-skip-tls-verify"));
  CHECK(parse_kubeconfig(config(kServer + ", insecure-skip-tls-verify: false", "token: t"), "/")
            .has_value());
}

TEST_CASE("logins that run a program or need a password are refused by name") {
  CHECK(mentions(refusal(kServer, "exec: {command: aws}"), "exec"));
  CHECK(mentions(refusal(kServer, "auth-provider: {name: gcp}"), "auth-provider"));
  CHECK(mentions(refusal(kServer, "username: a, password: b"), "username"));
  CHECK(mentions(refusal(kServer, "token: t, as: admin"), "as"));
}

TEST_CASE("plain http is taken for this machine only") {
  const auto with = [](const char* server) {
    return parse_kubeconfig(config(std::string("server: '") + server + "'", "token: t"), "/");
  };
  CHECK(with("http://127.0.0.1:8001").has_value());
  CHECK(with("http://localhost:8001").has_value());
  CHECK(with("http://[::1]:8001").has_value());
  for (const char* server :
       {"http://api.example", "http://127.0.0.1.example.com", "http://localhost.example.com",
        "ftp://api.example", "api.example:6443", "https://", "https://user:pass@api.example",
        "https://api.example?x=1", "https://api.example/a b", ""})
    CHECK_FALSE(with(server).has_value());
}

TEST_CASE("a certificate without its key, base64 that is none, and half a file are refused") {
  CHECK(mentions(refusal(kServer, "client-certificate-data: " + base64("x")), "client-key"));
  CHECK(mentions(refusal(kServer + ", certificate-authority-data: '%%%'", "token: t"), "base64"));
  for (const char* text : {"", "[]", "a: b", "current-context: x", "{", "current-context: [1]",
                           "current-context: x\ncontexts: {x: y}"})
    CHECK_FALSE(parse_kubeconfig(text, "/").has_value());
}

}  // namespace ks::kube::https
