#include "operator/doctor/doctor.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "operator/doctor/checks.hpp"

namespace ks::op {

void Examination::unread(const std::string& what, const Reply& reply) {
  if (reply.status == 403 || reply.status == 401)
    return unsure(what + ": this account may not read it",
                  "Run the doctor once with an administrator's kubeconfig.");
  unsure(fmt::format("{}: the API server answers {}", what, reply.status),
         "Try again; if it stays so, the API server's own log says why.");
}

const Json::Array& items_of(const Json& list) {
  static const Json::Array kNone;
  const Json& items = list.at("items");
  return items.is_array() ? items.as_array() : kNone;
}

std::vector<Check> examine(const Ask& ask, const OperatorConfig& config,
                           const Components& components, Time now) {
  Examination at{ask, config, components, now};
  check_version(at);
  if (at.checks.back().verdict == Check::Verdict::bad && ask("GET", "/version", Json()).status == 0)
    return at.checks;
  check_definitions(at);
  check_rights(at);
  check_storage(at);
  check_ingress(at);
  check_network_plugin(at);
  check_network_probe(at);
  check_names(at);
  check_ranges(at);
  check_nodes(at);
  return at.checks;
}

std::string text_of(const std::vector<Check>& checks) {
  std::string out;
  std::size_t bad = 0, unsure = 0;
  for (const Check& check : checks) {
    const char* word = "ok    ";
    if (check.verdict == Check::Verdict::bad) {
      word = "FAULT ";
      ++bad;
    } else if (check.verdict == Check::Verdict::unsure) {
      word = "?     ";
      ++unsure;
    }
    out += fmt::format("{}{}\n", word, check.what);
    if (!check.mend.empty()) out += fmt::format("      {}\n", check.mend);
  }
  out += fmt::format("{} checks: {} fault{}, {} that cannot be told.\n", checks.size(), bad,
                     bad == 1 ? "" : "s", unsure);
  return out;
}

bool is_fit(const std::vector<Check>& checks) {
  return std::ranges::none_of(
      checks, [](const Check& check) { return check.verdict == Check::Verdict::bad; });
}

}  // namespace ks::op
