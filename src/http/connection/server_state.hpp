#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "http/shares.hpp"
#include "http/wire/address.hpp"

namespace ks::http {

class Connection;

// What the connections of one loop share. Touched on that loop's thread only.
struct LoopState {
  runtime::Loop* loop = nullptr;
  std::vector<Connection*> connections;
  // Read buffers that nobody uses now; idle connections hold none.
  std::vector<std::unique_ptr<char[]>> buffers;
  std::vector<std::string> heads;
  // "Date: ...\r\n", made once a second.
  std::string date_line;
  std::int64_t date_second = -1;
  // Changed on the loop's thread only, read from anywhere.
  std::atomic<std::size_t> unknown_bodies_bytes{0};
  std::atomic<std::size_t> known_bodies_bytes{0};
  std::uint64_t id_seed = 0;
  std::uint64_t id_count = 0;

  // Unique over loops and restarts; no secret.
  std::string make_id();
  const std::string& date(Time now);
};

struct ServerState {
  ServerState(ServerOptions o, Handler h, const Clock& c)
      : options(std::move(o)), handler(std::move(h)), clock(c) {}

  // Room for a whole head, and for the longest chunk line or trailer that reader.hpp lets pass.
  std::size_t buffer_bytes() const {
    return std::max<std::size_t>(options.limits.head_bytes_max, 4096) + 1024;
  }

  const ServerOptions options;
  const Handler handler;
  const Clock& clock;
  TrustedProxies proxies;
  Shares body_holders;
  Shares answer_holders;
  Shares networks;
  std::atomic<std::size_t> answers_bytes{0};
  std::vector<std::unique_ptr<LoopState>> loops;
  std::atomic<std::size_t> open{0};
  std::atomic<bool> draining{false};
  std::uint16_t port = 0;
  runtime::Event empty;

  // False where the peer's network has as many as may be.
  bool connection_begins(const std::string& peer) {
    if (!proxies.trusts(peer) &&
        !networks.take(network_of(peer), 1, options.network_connections_max))
      return false;
    ++open;
    return true;
  }
  void connection_ended(const std::string& peer) {
    if (!proxies.trusts(peer)) networks.give_back(network_of(peer), 1);
    if (open.fetch_sub(1) == 1 && draining) empty.set();
  }
};

}  // namespace ks::http
