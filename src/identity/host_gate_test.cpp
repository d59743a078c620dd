#include "identity/host_gate.hpp"

#include <doctest/doctest.h>

namespace ks {

namespace {
bool admits(std::string_view base_url, std::string_view host) {
  const HostGate gate(*parse_origin(base_url));
  const auto site = gate.admit(host);
  if (!site) {
    CHECK(site.error().code == Error::Code::not_found);
    CHECK(site.error().message == not_found().error().message);
    return false;
  }
  CHECK(site->client.client() == platform_client());
  return true;
}
}  // namespace

TEST_CASE("with a loopback BASE_URL every loopback name on any port is the platform") {
  for (const char* host : {"localhost", "localhost:8080", "LOCALHOST:9", "127.0.0.1:8080",
                           "127.8.9.255", "[::1]", "[::1]:8080"})
    CHECK_MESSAGE(admits("http://localhost:8080", host), host);
  CHECK(admits("http://127.0.0.1:8080", "localhost:8080"));
}

TEST_CASE("with a loopback BASE_URL no other name is the platform") {
  for (const char* host : {"",
                           "example.com",
                           "localhost.example.com",
                           "evil.localhost",
                           "127.0.0.1.example.com",
                           "127.1",
                           "127.0.0.01",
                           "127.0.0.256",
                           "127.0.0.1.1",
                           "127.0.0.",
                           "0177.0.0.1",
                           "0.0.0.0",
                           "[::]",
                           "[::1",
                           "::1",
                           "[::1]x",
                           "localhost:",
                           "localhost:0",
                           "localhost:080",
                           "localhost:99999",
                           "localhost:80a",
                           "localhost, localhost",
                           "a@localhost",
                           "localhost/",
                           "local host",
                           "localhost."})
    CHECK_FALSE_MESSAGE(admits("http://localhost:8080", host), host);
}

TEST_CASE("elsewhere the platform is exactly the host and port of BASE_URL") {
  CHECK(admits("https://ks.example.com", "ks.example.com"));
  CHECK(admits("https://ks.example.com", "KS.Example.com:443"));
  CHECK(admits("https://ks.example.com:8443", "ks.example.com:8443"));
  for (const char* host : {"localhost", "127.0.0.1", "example.com", "a.ks.example.com",
                           "ks.example.com.", "ks.example.com:80", "ks.example.com:8443"})
    CHECK_FALSE_MESSAGE(admits("https://ks.example.com", host), host);
  CHECK_FALSE(admits("https://ks.example.com:8443", "ks.example.com"));
}

TEST_CASE("a request's own origin is the name that it came by") {
  const HostGate gate(*parse_origin("http://localhost:8080"));
  CHECK(gate.admit("127.0.0.1:8080")->origin.text() == "http://127.0.0.1:8080");
  CHECK(gate.admit("Localhost")->origin.text() == "http://localhost");
}

TEST_CASE("a base URL is a scheme, a host and a port, and nothing else") {
  CHECK(parse_origin("https://ks.example.com/")->text() == "https://ks.example.com");
  CHECK(parse_origin("http://LOCALHOST:8080")->text() == "http://localhost:8080");
  CHECK(parse_origin("http://[::1]:8080")->text() == "http://[::1]:8080");
  for (const char* url :
       {"", "localhost:8080", "ftp://localhost", "http://", "http:///", "http://host/path",
        "http://host?x", "http://u@host", "http://host//", "http://a b", "://host"})
    CHECK_FALSE_MESSAGE(parse_origin(url).has_value(), url);
}

}  // namespace ks
