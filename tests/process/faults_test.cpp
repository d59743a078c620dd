#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// The longest that any request may take; see http::ServerOptions::request_timeout.
constexpr Duration kDeadline = seconds(60);

void allow_many(const Server& server, const Person& person) {
  const Person root = Installation::administrator(server);
  REQUIRE(root.send("PUT", "/platform" + person.org() + "/subscription",
                    Json::object({{"plan", "enterprise"}}))
              .status == 200);
}

bool says(const Answer& answer, std::string_view code) {
  return answer.status == 503 && answer.code() == code &&
         answer.header("content-type") == "application/problem+json";
}

// The ledger of usage and the rows tell the same.
bool adds_up(const Installation& world) {
  return world.query(
             "SELECT COUNT(*) FROM org_usage AS u WHERE u.deployments <> (SELECT COUNT(*) "
             "FROM deployments AS d WHERE d.org_id = u.org_id AND d.deleting = 0)") == "0";
}

// A small file system in memory, of which this process and its children alone know.
class SmallDisk {
 public:
  explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {
    // Mounted in a namespace of our own, it goes with the process however that ends.
    made_ = ::mkdir(folder_.c_str(), 0700) == 0 && ::unshare(CLONE_NEWNS) == 0 &&
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
            ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=24m,mode=0700") == 0;
  }
  ~SmallDisk() {
    if (made_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool made() const { return made_; }
  // Takes all that is free.
  void fill() const {
    std::FILE* file = std::fopen((folder_ + "/filler").c_str(), "ab");
    REQUIRE(file != nullptr);
    std::setvbuf(file, nullptr, _IONBF, 0);
    const std::string block(4096, 'x');
    while (std::fwrite(block.data(), 1, block.size(), file) == block.size()) {
    }
    std::fclose(file);
  }
  void free() const { ::unlink((folder_ + "/filler").c_str()); }

 private:
  std::string folder_;
  bool made_ = false;
};

}  // namespace

TEST_CASE("a database that dies in mid-work costs 503s, loses nothing, and is found again") {
  if (!PostgresServer::available()) return;
  PostgresServer& postgres = PostgresServer::shared();
  Installation world(Installation::Kind::postgres);
  const auto server = world.start();
  Person ann(server->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  allow_many(*server, ann);

  struct Made {
    std::string name;
    Answer answer;
  };
  std::mutex mutex;
  std::vector<Made> all;
  std::atomic<bool> end{false};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; !end && n < 200; ++n) {
        const std::string name = fmt::format("d{}-{}", i, n);
        Answer answer = ann.deploy(name);
        if (answer.status == 503) ++refused;
        const std::lock_guard lock(mutex);
        all.push_back({name, std::move(answer)});
      }
    });
  REQUIRE(eventually(seconds(30), [&] {
    const std::lock_guard lock(mutex);
    return all.size() > 20;
  }));
  postgres.kill();
  CHECK(eventually(kDeadline, [&] { return refused > 3; }));
  // It looks once a second.
  CHECK(eventually(seconds(10), [&] { return server->get("/readyz").status == 503; }));
  CHECK(server->get("/healthz").status == 200);
  CHECK(says(ann.get("/me"), "database_unavailable"));
  CHECK(says(ann.login("ann@example.com"), "database_unavailable"));
  end = true;
  for (auto& thread : threads) thread.join();
  CHECK(server->child().running());

  postgres.start();
  CHECK(eventually(seconds(30), [&] { return server->get("/readyz").status == 200; }));
  CHECK(eventually(seconds(30), [&] { return ann.get("/me").status == 200; }));
  int made = 0;
  for (const auto& [name, answer] : all) {
    const int now = ann.get(ann.deployments(name)).status;
    if (answer.status == 201) {
      CHECK_MESSAGE(now == 200, name << " was acknowledged and is " << now);
    } else {
      CHECK_MESSAGE(says(answer, "database_unavailable"), answer.status << " " << answer.body);
      CHECK((now == 200 || now == 404));
    }
    if (now == 200) ++made;
  }
  CHECK(ann.used("deployments.max") == made);
  CHECK(adds_up(world));
  REQUIRE(ann.deploy("after").status == 201);
  CHECK(eventually(seconds(60), [&] { return ann.ready("after"); }));
}

TEST_CASE("a database that only stops answering costs 503s within the deadline") {
  if (!PostgresServer::available()) return;
  PostgresServer& postgres = PostgresServer::shared();
  Installation world(Installation::Kind::postgres);
  const auto server = world.start();
  Person ann(server->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  REQUIRE(ann.deploy("web").status == 201);
  REQUIRE(eventually(seconds(30), [&] { return ann.ready("web"); }));

  const SystemClock clock;
  const auto timed = [&](const std::function<Answer()>& ask) {
    return std::async(std::launch::async, [&clock, ask] {
      const Time asked = clock.monotonic();
      Answer answer = ask();
      return std::pair(std::move(answer), clock.monotonic() - asked);
    });
  };
  postgres.freeze();
  std::vector<std::future<std::pair<Answer, Duration>>> answers;
  answers.push_back(timed([&] { return ann.get(ann.deployments("web")); }));
  answers.push_back(timed(
      [&] { return ann.send("PATCH", ann.deployments("web"), Json::object({{"replicas", 2}})); }));
  answers.push_back(timed([&] {
    return request(server->port(), "POST", "/api/v1/auth/login",
                   R"({"email":"ann@example.com","password":"correct horse battery"})");
  }));
  // What needs no database does not wait for it.
  const auto [alive, took] = timed([&] { return server->get("/healthz"); }).get();
  CHECK(alive.status == 200);
  CHECK(took < seconds(2));
  for (auto& one : answers) {
    const auto [answer, time] = one.get();
    CHECK_MESSAGE(says(answer, "database_unavailable"), answer.status << " " << answer.body);
    CHECK(time < kDeadline);
  }
  CHECK(eventually(seconds(15), [&] { return server->get("/readyz").status == 503; }));
  postgres.thaw();

  CHECK(eventually(seconds(30), [&] { return server->get("/readyz").status == 200; }));
  const Answer web = ann.get(ann.deployments("web"));
  CHECK(web.status == 200);
  CHECK(web.json().integer_or(0, "replicas") == 1);
  CHECK(ann.send("PATCH", ann.deployments("web"), Json::object({{"replicas", 2}})).status == 200);
  CHECK(eventually(seconds(60), [&] {
    return ann.get(ann.deployments("web")).json().integer_or(0, "services", "web", "ready") == 2;
  }));
  CHECK(server->stop() == 0);
}

TEST_CASE("a full disk costs clear 503s on writes, none on reads, and mends itself") {
  Installation world(Installation::Kind::sqlite);
  const SmallDisk disk(world.folder() + "/disk");
  if (!disk.made()) {
    fmt::print(stderr, "SKIPPED: a small file system cannot be mounted (needs root)\n");
    const char* ci = std::getenv("CI");
    REQUIRE_MESSAGE((ci == nullptr || std::string_view(ci) != "true"),
                    "CI=true: nothing may be skipped");
    return;
  }
  world.settings()["DATABASE_DSN"] = "sqlite:" + world.folder() + "/disk/data.db";
  auto server = world.start();
  Person ann(server->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  allow_many(*server, ann);
  REQUIRE(ann.deploy("web").status == 201);
  REQUIRE(eventually(seconds(30), [&] { return ann.ready("web"); }));

  disk.fill();
  // The file of the write-ahead log has room left from before.
  std::vector<std::string> created;
  Answer refusal;
  for (int i = 0; i < 3000 && refusal.status == 0; ++i) {
    const std::string name = fmt::format("d{}", i);
    Answer answer = ann.deploy(name);
    if (answer.status == 201)
      created.push_back(name);
    else
      refusal = std::move(answer);
  }
  CHECK_MESSAGE(says(refusal, "storage_full"), refusal.status << " " << refusal.body);
  CHECK(refusal.json().text("detail").find("disk") != std::string_view::npos);

  // Reads go on, and every kind of write says the same again and again.
  for (int i = 0; i < 20; ++i) {
    CHECK(ann.get("/me").status == 200);
    CHECK(ann.get(ann.deployments("web")).status == 200);
    CHECK(ann.get(ann.org() + "/usage").status == 200);
    const Answer again = ann.deploy("again");
    CHECK_MESSAGE(says(again, "storage_full"), again.status << " " << again.body);
  }
  for (const std::string& name : created) CHECK(ann.get(ann.deployments(name)).status == 200);
  CHECK(ann.used("deployments.max") == static_cast<std::int64_t>(created.size()) + 1);
  CHECK(server->child().running());

  SUBCASE("while it runs") {}
  SUBCASE("after it was killed") {
    server->kill9();
    // It may refuse to start on a full disk, but says so.
    server = world.launch();
    if (!server->wait_until_up()) {
      CHECK(server->child().wait(seconds(5)) == 1);
      CHECK_FALSE(server->child().err().empty());
    }
    server->kill9();
    disk.free();
    server = world.start();
    ann.at(server->port());
  }
  disk.free();
  CHECK(eventually(seconds(10), [&] { return ann.deploy("after").status == 201; }));
  for (const std::string& name : created) CHECK(ann.get(ann.deployments(name)).status == 200);
  CHECK(ann.get(ann.deployments("again")).status == 404);
  CHECK(ann.used("deployments.max") == static_cast<std::int64_t>(created.size()) + 2);
  CHECK(eventually(seconds(60), [&] { return ann.ready("after"); }));
  CHECK(server->stop() == 0);
}
