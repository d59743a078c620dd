#include "domain/deployment/image.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace ks {

namespace {
const std::string kDigest = "sha256:" + std::string(64, 'a');
}  // namespace

TEST_CASE("an image reference is taken apart as container tools do") {
  struct Case {
    std::string text, registry, repository, tag, digest;
  };
  const std::vector<Case> cases = {
      {"nginx", "docker.io", "library/nginx", "", ""},
      {"nginx:1.27", "docker.io", "library/nginx", "1.27", ""},
      {"docker.io/nginx", "docker.io", "library/nginx", "", ""},
      {"docker.io/library/nginx:1", "docker.io", "library/nginx", "1", ""},
      {"index.docker.io/nginx", "docker.io", "library/nginx", "", ""},
      {"nginxinc/nginx-unprivileged:1.27", "docker.io", "nginxinc/nginx-unprivileged", "1.27", ""},
      {"ghcr.io/a/b/c:v1.2-rc_1", "ghcr.io", "a/b/c", "v1.2-rc_1", ""},
      {"localhost/a", "localhost", "a", "", ""},
      {"localhost:5000/a:b", "localhost:5000", "a", "b", ""},
      {"a:5000/b", "a:5000", "b", "", ""},
      {"a/b", "docker.io", "a/b", "", ""},
      {"Registry/b", "Registry", "b", "", ""},
      {"10.0.0.1:5000/b", "10.0.0.1:5000", "b", "", ""},
      {"[2001:db8::1]:5000/b:t", "[2001:db8::1]:5000", "b", "t", ""},
      {"[::1]/b", "[::1]", "b", "", ""},
      {"a@" + kDigest, "docker.io", "library/a", "", kDigest},
      {"a.b/c:t@" + kDigest, "a.b", "c", "t", kDigest},
      {"a_b", "docker.io", "library/a_b", "", ""},
      {"a__b.c-d--e", "docker.io", "library/a__b.c-d--e", "", ""},
      {"a:_x", "docker.io", "library/a", "_x", ""},
      {"a:" + std::string(128, 't'), "docker.io", "library/a", std::string(128, 't'), ""},
      {"x-y.example/z", "x-y.example", "z", "", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto got = parse_image(c.text);
    REQUIRE(got);
    CHECK(got->registry == c.registry);
    CHECK(got->repository == c.repository);
    CHECK(got->tag == c.tag);
    CHECK(got->digest == c.digest);
  }
}

TEST_CASE("what no registry could have is refused") {
  for (const std::string& text : {std::string(),
                                  std::string(" "),
                                  std::string("a b"),
                                  std::string("/a"),
                                  std::string("a/"),
                                  std::string("a//b"),
                                  std::string("A"),
                                  std::string("a/B"),
                                  std::string("library/Nginx"),
                                  std::string(":tag"),
                                  std::string("a:"),
                                  std::string("a:b:c"),
                                  std::string("a:-x"),
                                  std::string("a:.x"),
                                  std::string("a:ä"),
                                  "a:" + std::string(129, 't'),
                                  std::string("a@"),
                                  std::string("a@sha256:"),
                                  std::string("a@sha256:abc"),
                                  "a@" + kDigest + "a",
                                  "a@sha256:" + std::string(64, 'A'),
                                  "a@sha256:" + std::string(64, 'g'),
                                  "a@md5:" + std::string(32, 'a'),
                                  "a@" + kDigest + "@" + kDigest,
                                  "@" + kDigest,
                                  std::string("a..b"),
                                  std::string("a___b"),
                                  std::string("a._b"),
                                  std::string(".a"),
                                  std::string("a."),
                                  std::string("-a"),
                                  std::string("a-"),
                                  std::string("a_"),
                                  std::string("http://a/b"),
                                  std::string("https://docker.io/a"),
                                  std::string("a.b:port/c"),
                                  std::string("a.b:123456/c"),
                                  std::string("a.b:/c"),
                                  std::string("-a.b/c"),
                                  std::string("a-.b/c"),
                                  std::string(".b/c"),
                                  std::string("a..b/c"),
                                  std::string("a_b.c/d"),
                                  std::string("[::1/b"),
                                  std::string("[]/b"),
                                  std::string("[xyz.]/b"),
                                  std::string("[::1]x:5/b"),
                                  std::string("a?b"),
                                  std::string("a#b"),
                                  std::string("a\n"),
                                  std::string("a\tb"),
                                  std::string("ä"),
                                  std::string("../a"),
                                  std::string("a/../b"),
                                  std::string("./a"),
                                  std::string("a\0b", 3),
                                  std::string(64, 'a'),
                                  std::string(256, 'a'),
                                  std::string(600, 'a'),
                                  std::string("docker.io/"),
                                  std::string("localhost:5000")}) {
    CAPTURE(text);
    if (text == "localhost:5000") {
      // An image called localhost with the tag 5000.
      CHECK(parse_image(text)->repository == "library/localhost");
      continue;
    }
    const auto got = parse_image(text);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Error::Code::invalid);
    CHECK_FALSE(got.error().message.empty());
  }
}

TEST_CASE("a registry's port is one that there is") {
  for (const char* port : {"1", "80", "5000", "05000", "65535"}) {
    CHECK(parse_image(std::string("registry.test:") + port + "/a/b:1"));
    CHECK(parse_image(std::string("[::1]:") + port + "/a/b:1"));
  }
  for (const char* port : {"", "0", "00000", "65536", "99999", "100000", "4294967297",
                           "18446744073709551617", "-1", "+1", "8O", " 80"}) {
    CHECK_FALSE(parse_image(std::string("registry.test:") + port + "/a/b:1"));
    CHECK_FALSE(parse_image(std::string("[::1]:") + port + "/a/b:1"));
  }
}

}  // namespace ks
