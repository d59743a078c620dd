#pragma once

#include <string>
#include <string_view>

namespace ks::api {

// The one document of the web pages, filled in for one reply.
struct Shell {
  std::string_view nonce;
  std::string_view locale;
  std::string_view theme;
  std::string_view product;  // Of the host's brand.
  std::string_view cluster;  // "simulated", where nothing really runs; or "kubernetes".
  // How people reach whoever runs the installation; may be empty.
  std::string_view support_mail = {};
  std::string_view support_url = {};
  // "unreadable", in place of the page that the address would be of; or nothing.
  std::string_view fault = {};
};

// `page` with its places filled, escaped; a place that is not known stays as it is.
std::string filled(std::string_view page, const Shell& shell);

// The Content-Security-Policy that goes with it: nothing but the program's own files, no inline
// script or style without the nonce, no foreign address, no frame around it.
std::string content_security_policy(std::string_view nonce);

}  // namespace ks::api
