#include "api/web/shell.hpp"

#include <array>
#include <utility>

#include "base/html.hpp"

namespace ks::api {

std::string filled(std::string_view page, const Shell& shell) {
  const std::array<std::pair<std::string_view, std::string_view>, 8> places = {{
      {"{{nonce}}", shell.nonce},
      {"{{locale}}", shell.locale},
      {"{{theme}}", shell.theme},
      {"{{product}}", shell.product},
      {"{{cluster}}", shell.cluster},
      {"{{support_mail}}", shell.support_mail},
      {"{{support_url}}", shell.support_url},
      {"{{fault}}", shell.fault},
  }};
  std::string out;
  out.reserve(page.size() + 256);
  while (!page.empty()) {
    const std::size_t open = std::min(page.find("{{"), page.size());
    out += page.substr(0, open);
    page.remove_prefix(open);
    bool known = false;
    for (const auto& [place, value] : places) {
      if (!page.starts_with(place)) continue;
      out += html_escaped(value);
      page.remove_prefix(place.size());
      known = true;
      break;
    }
    if (known || page.empty()) continue;
    out += page.front();
    page.remove_prefix(1);
  }
  return out;
}

std::string content_security_policy(std::string_view nonce) {
  const std::string own = "'self' 'nonce-" + std::string(nonce) + "'; ";
  return "default-src 'none'; script-src " + own + "style-src " + own +
         "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'";
}

}  // namespace ks::api
