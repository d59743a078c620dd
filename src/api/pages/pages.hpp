#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ks::api {

// Where a link leads that the product gives out, in a mail or on a console, as long as there are no
// web pages: what to do by the API. What stands behind '#' in the link is not sent here.
struct LinkPage {
  std::string_view path;  // A pattern, "/o/{org}/people".
  // With {base} for the installation's address, {curl} for the beginning of a command, and {org}
  // for the organization of the path.
  std::string_view text;
};

// Of every link, the root and /o/{org}/billing apart, which say more than a text.
std::span<const LinkPage> link_pages();

// `org`: as it stands in the path; anything but a slug or an id is left out.
std::string filled_page(std::string_view text, std::string_view base, std::string_view org);

}  // namespace ks::api
