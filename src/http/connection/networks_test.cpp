#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "http/connection/served.hpp"

using namespace ks;
using namespace ks::http;

TEST_CASE("connections of one network are bounded, and those of a trusted proxy are not") {
  for (const bool proxy : {false, true}) {
    CAPTURE(proxy);
    Served s;
    s.options.network_connections_max = 3;
    if (proxy) s.options.trusted_proxies = {"127.0.0.1"};
    s.get("/", [](Request&) { return Response::text(200, "here"); });
    s.start();
    std::vector<std::unique_ptr<WireClient>> open;
    const auto status = [&] {
      open.push_back(std::make_unique<WireClient>(s.port()));
      open.back()->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      return status_in(open.back()->reply());
    };
    for (int i = 0; i < 3; ++i) CHECK(status() == 200);
    CHECK(status() == (proxy ? 200 : 503));
    // One that ends makes room, once the server has seen it.
    open.erase(open.begin());
    for (int tries = 0; tries < 1000 && s.server->connections() > (proxy ? 3 : 2); ++tries)
      s.server->sweep();
    CHECK(status() == 200);
  }
}
