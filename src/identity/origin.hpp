#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks {

// Scheme, host and port, as browsers compare them (RFC 6454). Host in lower case, IPv6 in brackets;
// the port is always said.
struct Origin {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const Origin&, const Origin&) = default;

  bool secure() const { return scheme == "https"; }
  // "https://ks.example.com", "http://localhost:8080".
  std::string text() const;
};

// `http://HOST[:PORT]` or `https://HOST[:PORT]`, with nothing after it but at most one '/'.
Result<Origin> parse_origin(std::string_view url);

// "HOST[:PORT]" as in the Host field; the port is that of the scheme when it is not said.
Result<Origin> origin_of_host(std::string_view scheme, std::string_view host_and_port);

// localhost, 127.0.0.0/8 and [::1].
bool is_loopback_host(std::string_view host);

}  // namespace ks
