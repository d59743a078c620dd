#include <filesystem>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}
}  // namespace

TEST_CASE(
    "audit verify says beside a running server and after it that all is well, until it is not") {
  on_both_engines([](Installation& world) {
    INFO(world.name());
    const std::string sink = world.folder() + "/heads.log";
    world.settings()["AUDIT_SINK"] = "file:" + sink;
    auto server = world.start();
    Person ann(server->port());
    REQUIRE(ann.sign_up("ann@example.com").status == 201);
    REQUIRE(ann.deploy("web").status == 201);
    const auto beside = world.run({"audit", "verify"});
    CAPTURE(beside.out);
    CAPTURE(beside.err);
    CHECK(beside.status == 0);
    CHECK(has(beside.out, "2 chains"));
    CHECK(has(beside.out, "nothing is wrong"));
    // A server that is stopped tells the sink before it goes.
    CHECK(server->stop() == 0);
    const auto after = world.run({"audit", "verify", "--org", "no-such"});
    CHECK(after.status == 1);
    CHECK(world.run({"audit", "verify", "--org", ann.org_id()}).status == 0);
    struct stat info{};
    REQUIRE(::stat(sink.c_str(), &info) == 0);
    CHECK((info.st_mode & 077) == 0);

    // Everything of the organization set back to its first row: only the sink knows better.
    world.execute("DELETE FROM audit WHERE seq > 1");
    world.execute(
        "UPDATE organizations SET audit_seq = 1, audit_mac = (SELECT a.mac FROM audit AS a WHERE "
        "a.org_id = organizations.id)");
    const auto cut = world.run({"audit", "verify"});
    CHECK(cut.status == 3);
    CHECK(has(cut.out, "organization somebody"));
    CHECK(has(cut.out, ann.org_id() + ": row 2: cut: the sink saw 2 rows"));
    // A file that is not there is a mistake in the command, and no sign of tampering.
    for (const std::string& path :
         {world.folder() + "/no-such", sink + "/no-such", world.folder()}) {
      const auto mistaken = world.run({"audit", "verify", "--sink", path});
      CAPTURE(path);
      CHECK(mistaken.status == 1);
      CHECK(has(mistaken.err, path + ": "));
      CHECK(mistaken.out.empty());
    }
    const auto copy = world.folder() + "/copy.log";
    std::filesystem::copy_file(sink, copy);
    CHECK(world.run({"audit", "verify", "--sink", copy}).status == 3);
    // The server's own, of which the database knows that it was told, is another matter.
    std::filesystem::rename(sink, copy);
    CHECK(world.run({"audit", "verify"}).status == 3);
    std::filesystem::rename(copy, sink);
    CHECK_FALSE(has(cut.out + cut.err, world.secrets_key()));

    world.execute("UPDATE audit SET result = 'denied'");
    const auto changed = world.run({"audit", "verify"});
    CHECK(changed.status == 3);
    CHECK(has(changed.out, ": row 1: changed: "));
  });
}

TEST_CASE("audit verify takes no sink that it does not understand") {
  Installation world(Installation::Kind::sqlite);
  world.settings()["AUDIT_SINK"] = "syslog";
  const auto ran = world.run({"config", "check"});
  CHECK(ran.status == 2);
  CHECK(has(ran.err, "AUDIT_SINK: must be file:PATH or log"));
}
