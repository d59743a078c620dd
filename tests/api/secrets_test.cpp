#include <cstdio>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// Everything that goes to standard error while this lives.
class CapturedLog {
 public:
  CapturedLog() : file_(std::tmpfile()), before_(::dup(STDERR_FILENO)) {
    std::fflush(stderr);
    ::dup2(::fileno(file_), STDERR_FILENO);
  }
  ~CapturedLog() { end(); }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  std::string end() {
    if (before_ < 0) return {};
    std::fflush(stderr);
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    before_ = -1;
    std::string out;
    std::rewind(file_);
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof(buffer), file_)) > 0;)
      out.append(buffer, n);
    std::fclose(file_);
    return out;
  }

 private:
  std::FILE* file_;
  int before_;
};

}  // namespace

TEST_CASE("secrets are in no later answer, no event and no line of the log") {
  log::configure(log::Level::debug, log::Format::json);
  CapturedLog log;
  std::vector<std::string> secrets = {kPassword};
  {
    Server server({{}, true});
    Person root = server.administrator();
    Person ann = server.somebody("Ann");
    server.raise(ann, "business");
    const auto stream = ann.stream(ann.org_path() + "/stream");
    REQUIRE(stream->opened(seconds(30)));
    secrets.push_back(ann.cookie.substr(ann.cookie.find('=') + 1));

    const Reply made =
        ann.post(ann.deployments_path(), Json::object({{"name", "db"}, {"template", "postgresql"}}),
                 {{"Idempotency-Key", "an-idempotency-key"}});
    REQUIRE(made.status == 201);
    for (const auto& [name, value] : made.json().at("generated").members())
      secrets.push_back(value.as_string());
    REQUIRE(secrets.size() == 3);
    ann.wait_for("db", "Ready");

    std::vector<std::string> said;
    for (const std::string& path :
         {std::string("/api/v1/me"), std::string("/api/v1/orgs"), ann.org_path(),
          ann.org_path() + "/usage", ann.org_path() + "/teams", ann.team_path(),
          ann.deployments_path(), ann.deployment_path("db"), std::string("/api/v1/templates")})
      said.push_back(ann.get(path).body);
    said.push_back(root.get("/api/v1/platform/orgs").body);
    const std::string db = ann.deployment_path("db");
    said.push_back(
        ann.patch(db, Json::object({{"services", Json::object()}, {"exposure", "internal"}})).body);
    said.push_back(ann.patch(db, Json::object({{"replicas", 2}})).body);
    said.push_back(ann.patch(db, Json::object(), {{"If-Match", "\"v77\""}}).body);
    said.push_back(ann.poke(db + "/restart").body);
    said.push_back(ann.poke(db + "/deploy").body);
    said.push_back(ann.del(db).body);
    while (const auto event = stream->next(seconds(10))) {
      said.push_back(event->data);
      if (event->data.find("\"deleted\":true") != std::string::npos) break;
    }
    said.push_back(ann.post("/api/v1/auth/login",
                            Json::object({{"email", ann.email}, {"password", kPassword}}))
                       .body);
    secrets.push_back(ann.cookie.substr(ann.cookie.find('=') + 1));
    said.push_back(ann.post("/api/v1/auth/login",
                            Json::object({{"email", kPassword}, {"password", kPassword}}))
                       .body);
    CHECK(said.size() > 18);
    for (const std::string& text : said)
      for (const std::string& secret : secrets) {
        CAPTURE(text);
        CHECK(text.find(secret) == std::string::npos);
      }
  }
  const std::string lines = log.end();
  // It was listening: each request has a line.
  CHECK(lines.find("/api/v1/auth/login") != std::string::npos);
  CHECK(lines.find("/deployments/db") != std::string::npos);
  for (const std::string& secret : secrets) CHECK(lines.find(secret) == std::string::npos);
}
