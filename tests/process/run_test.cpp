// scripts/run on the program as it is released, with what it would build already there.
#include <filesystem>

#include <doctest/doctest.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace fs = std::filesystem;

namespace {

void write_program(const fs::path& path, const std::string& text) {
  write_file(path.string(), "#!/bin/sh\n" + text + "\n");
  fs::permissions(path, fs::perms::owner_all);
}

// A checkout in which nothing is left to set up or to build, and whose local cluster is another's.
struct Checkout {
  TempFolder folder;
  int runs = 0;

  Checkout() {
    const fs::path source(std::getenv("KS_SOURCE_DIR"));
    for (const char* name : {"scripts", "build/release", "bin", "home"})
      fs::create_directories(at(name));
    for (const char* name : {"run", "env.sh"})
      fs::copy(source / "scripts" / name, at("scripts/" + std::string(name)));
    write_program(at("scripts/setup"), "exit 0");
    write_program(at("bin/cmake"), "exit 0");
    write_program(at("scripts/cluster"),
                  "[ \"$1\" = --build-only ] || { echo in use by another >&2; exit 1; }");
    write_file(at("build/release/build.ninja"), "");
    fs::create_symlink(program_path(), at("build/release/k8s-scheduler"));
  }

  std::string at(const std::string& name) const { return folder.path() + "/" + name; }
  std::string settings_file() const { return at("data/server.env"); }

  std::unique_ptr<Child> run(Environment more) {
    more.try_emplace("SERVER_ADDR", "127.0.0.1:0");
    more["PATH"] = at("bin") + ":/usr/bin:/bin";
    more["HOME"] = at("home");
    const std::string name = at("run" + std::to_string(++runs));
    return std::make_unique<Child>(std::vector<std::string>{"/bin/bash", at("scripts/run")}, more,
                                   name + ".out", name + ".err");
  }

  // One that is not to come up: what it says.
  std::string refused(Environment more) {
    const auto child = run(std::move(more));
    const auto status = child->wait(seconds(30));
    CHECK(status.value_or(0) != 0);
    return child->err();
  }
};

}  // namespace

TEST_CASE("a start that fails leaves the settings of the server that runs") {
  Checkout checkout;
  Server first(checkout.run({{"SIGNUP", "closed"}}));
  REQUIRE(first.wait_until_up());
  const std::string settings = read_file(checkout.settings_file());
  CHECK(settings.find("SIGNUP=closed\n") != std::string::npos);
  CHECK((fs::status(checkout.settings_file()).permissions() & fs::perms(0077)) == fs::perms::none);

  const std::string taken = "127.0.0.1:" + std::to_string(first.port());
  const std::string other = "sqlite:" + checkout.at("other.db");
  CHECK(checkout.refused({{"SERVER_ADDR", taken}, {"DATABASE_DSN", other}})
            .find("SERVER_ADDR: cannot listen on 127.0.0.1") != std::string::npos);
  CHECK_FALSE(fs::exists(checkout.at("other.db")));
  CHECK(checkout.refused({{"KUBECONFIG", "/nope"}}).find("KUBECONFIG") != std::string::npos);
  CHECK(checkout.refused({}).find("Another process uses the database") != std::string::npos);
  CHECK(read_file(checkout.settings_file()) == settings);

  // They are what the other commands need.
  Child link({program_path(), "--config", checkout.settings_file(), "admin", "link"},
             {{"PATH", "/usr/bin:/bin"}}, checkout.at("link.out"), checkout.at("link.err"));
  CHECK(link.wait(seconds(30)) == 0);
  CHECK(link.out().find("/setup#") != std::string::npos);
  CHECK(first.stop() == 0);
}

TEST_CASE("a local cluster that is in use keeps its kubeconfig") {
  Checkout checkout;
  fs::create_directories(checkout.at("data"));
  write_file(checkout.at("data/cluster.kubeconfig"), "of the first");
  CHECK(checkout.refused({{"CLUSTER", "local"}}).find("in use by another") != std::string::npos);
  CHECK(read_file(checkout.at("data/cluster.kubeconfig")) == "of the first");
  CHECK_FALSE(fs::exists(checkout.settings_file()));
}
