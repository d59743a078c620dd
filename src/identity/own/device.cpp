#include "identity/own/device.hpp"

#include <utility>

namespace ks {

namespace {

using Known = std::pair<std::string_view, std::string_view>;

// In this order: most browsers say that they are all of those below them too.
constexpr Known kBrowsers[] = {{"Edg/", "Edge"},        {"EdgA/", "Edge"},     {"OPR/", "Opera"},
                               {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
                               {"Chrome/", "Chrome"},   {"Safari/", "Safari"}};
constexpr Known kSystems[] = {{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"},
                              {"iPad", "iPad"},       {"Macintosh", "macOS"}, {"CrOS", "ChromeOS"},
                              {"Linux", "Linux"}};
constexpr std::size_t kNameMax = 40;

template <std::size_t N>
std::string_view first_of(const Known (&known)[N], std::string_view text) {
  for (const auto& [sign, name] : known)
    if (text.find(sign) != std::string_view::npos) return name;
  return {};
}

// The name of the first product of RFC 9110, 10.1.5.
std::string first_product(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kNameMax)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (!plain) break;
    out += c;
  }
  return out;
}

}  // namespace

std::string device_of(std::string_view user_agent) {
  const std::string_view browser = first_of(kBrowsers, user_agent);
  if (browser.empty()) return first_product(user_agent);
  const std::string_view system = first_of(kSystems, user_agent);
  std::string out(browser);
  if (!system.empty()) out.append(" on ").append(system);
  return out;
}

}  // namespace ks
