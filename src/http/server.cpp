#include "http/server.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.hpp"
#include "http/connection/connection.hpp"
#include "http/connection/server_state.hpp"

namespace ks::http {

namespace {

// Copies first: a connection that ends takes itself off the list.
std::vector<std::shared_ptr<Connection>> living(const LoopState& loop) {
  std::vector<std::shared_ptr<Connection>> out;
  out.reserve(loop.connections.size());
  for (Connection* connection : loop.connections)
    if (auto held = connection->weak_from_this().lock()) out.push_back(std::move(held));
  return out;
}

void sweep_loop(ServerState& server, LoopState& loop) {
  const Time now = server.clock.monotonic();
  for (const auto& connection : living(loop)) connection->sweep(now);
}

void sweep_again(const std::weak_ptr<ServerState>& weak, LoopState& loop, Duration interval) {
  loop.loop->call_after(interval, [weak, &loop, interval] {
    const auto server = weak.lock();
    if (!server) return;
    sweep_loop(*server, loop);
    sweep_again(weak, loop, interval);
  });
}

std::string address_text(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  // A socket that serves both families shows IPv4 peers in their mapped form.
  std::string_view out = text.data();
  if (out.starts_with("::ffff:") && out.find('.') != std::string_view::npos) out.remove_prefix(7);
  return std::string(out);
}

std::uint64_t mix(std::uint64_t x) {
  // splitmix64: one to one, so counted ids never meet within a loop.
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

}  // namespace

std::string LoopState::make_id() {
  constexpr char kDigits[] = "0123456789abcdef";
  const std::uint64_t id = mix(id_seed + id_count++);
  std::string out(16, '0');
  for (std::size_t i = 0; i < 16; ++i) out[i] = kDigits[(id >> (60 - 4 * i)) & 15U];
  return out;
}

const std::string& LoopState::date(Time now) {
  const std::int64_t second = now.us / 1'000'000;
  if (second != date_second) {
    const std::time_t t = second;
    std::tm parts{};
    gmtime_r(&t, &parts);
    std::array<char, 64> text{};
    const std::size_t n =
        std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_line.assign(text.data(), n);
    date_second = second;
  }
  return date_line;
}

struct Server::Listener : std::enable_shared_from_this<Listener> {
  Listener(std::shared_ptr<ServerState> s, int fd)
      : server(std::move(s)), socket(*server->loops[0]->loop, fd) {}

  std::shared_ptr<ServerState> server;
  Socket socket;
  std::size_t next = 0;

  void wait() {
    socket.when(Socket::Ready::readable, [self = shared_from_this()](bool ready) {
      if (ready) self->accept();
    });
  }

  void accept() {
    // A bounded number at a time: other connections of this loop have their turn between.
    for (int i = 0; i < 64; ++i) {
      sockaddr_storage address{};
      socklen_t size = sizeof(address);
      const int fd = ::accept4(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size,
                               SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
          log::warn("http cannot accept", {{"error", std::generic_category().message(errno)}});
          server->loops[0]->loop->call_after(milliseconds(100), [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (self && self->socket.open()) self->wait();
          });
          return;
        }
        if (errno == EAGAIN) break;
        continue;
      }
      deal(fd, address);
    }
    if (socket.open()) wait();
  }

  void deal(int fd, const sockaddr_storage& address) {
    std::string peer = address_text(address);
    if (server->draining || server->open >= server->options.connections_max ||
        !server->connection_begins(peer)) {
      constexpr std::string_view kBusy =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\n"
          "Connection: close\r\n\r\n";
      [[maybe_unused]] const ssize_t ignored =
          ::send(fd, kBusy.data(), kBusy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      ::close(fd);
      return;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    LoopState& loop = *server->loops[next++ % server->loops.size()];
    loop.loop->post([state = server, &loop, fd, peer = std::move(peer)]() mutable {
      Connection::start(std::move(state), loop, fd, std::move(peer));
    });
  }
};

Server::Server(runtime::LoopGroup& loops, ServerOptions options, Handler handler,
               const Clock& clock, Random& random)
    : state_(std::make_shared<ServerState>(std::move(options), std::move(handler), clock)) {
  for (std::size_t i = 0; i < loops.size(); ++i) {
    auto loop = std::make_unique<LoopState>();
    loop->loop = &loops.at(i);
    loop->id_seed = random.u64();
    state_->loops.push_back(std::move(loop));
  }
}

Server::~Server() { stop(seconds(1)); }

Result<void> Server::bind() {
  const ServerOptions& options = state_->options;
  KS_TRY(state_->proxies, TrustedProxies::parse(options.trusted_proxies));

  sockaddr_storage address{};
  socklen_t size = 0;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
  if (inet_pton(AF_INET, options.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(options.port);
    size = sizeof(v4);
  } else if (inet_pton(AF_INET6, options.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(options.port);
    size = sizeof(v6);
  } else {
    return invalid("not an IP address to listen on: " + options.address);
  }

  const int fd = ::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  const int off = 0;
  if (fd >= 0) {
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (address.ss_family == AF_INET6)
      ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(fd, 1024) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    const std::string why = std::generic_category().message(errno);
    if (fd >= 0) ::close(fd);
    return unavailable("listen_failed", "cannot listen on " + options.address + " port " +
                                            std::to_string(options.port) + ": " + why);
  }
  state_->port = ntohs(address.ss_family == AF_INET ? v4.sin_port : v6.sin6_port);
  listener_ = std::make_shared<Listener>(state_, fd);
  return {};
}

Result<void> Server::listen() {
  if (!listener_) KS_CHECK(bind());
  state_->loops[0]->loop->post([listener = listener_] { listener->wait(); });
  for (const auto& loop : state_->loops) sweep_again(state_, *loop, state_->options.sweep_interval);
  return {};
}

std::uint16_t Server::port() const { return state_->port; }
std::size_t Server::connections() const { return state_->open; }

std::size_t Server::bodies_bytes() const {
  std::size_t bytes = 0;
  for (const auto& loop : state_->loops)
    bytes += loop->unknown_bodies_bytes.load() + loop->known_bodies_bytes.load();
  return bytes;
}

std::size_t Server::answers_bytes() const { return state_->answers_bytes; }

bool Server::stop(Duration drain) {
  if (!listener_) return true;
  state_->draining = true;
  state_->loops[0]->loop->post(
      [listener = std::exchange(listener_, nullptr)] { listener->socket.close(); });
  for (const auto& loop : state_->loops)
    loop->loop->post([state = state_, &loop = *loop] {
      for (const auto& connection : living(loop)) connection->drain();
    });
  const auto gone = [&](Duration limit) {
    if (state_->open == 0) return true;
    return limit.us > 0 && state_->empty.wait_for(limit);
  };
  if (gone(drain)) return true;
  for (const auto& loop : state_->loops)
    loop->loop->post([state = state_, &loop = *loop] {
      for (const auto& connection : living(loop)) connection->cut_off();
    });
  if (gone(seconds(1))) return true;
  log::warn("http requests still in work at the end", {{"connections", state_->open.load()}});
  return false;
}

void Server::sweep() {
  for (const auto& loop : state_->loops) {
    auto done = std::make_shared<runtime::Event>();
    loop->loop->post([state = state_, &loop = *loop, done] {
      sweep_loop(*state, loop);
      done->set();
    });
    done->wait();
  }
}

}  // namespace ks::http
