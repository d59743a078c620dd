#include "domain/sandbox/isolation_seen.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace ks {

namespace {

using Kind = IsolationFinding::Kind;

constexpr std::array<std::string_view, 7> kNetworkReasons = {
    "Enforced", "NotEnforced", "Exposed", "NotProbed", "ProbeFailed", "ProbeOld", "NotLooked"};

constexpr std::array kKinds = {Kind::foreign_path, Kind::closed_address, Kind::object};

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const std::string& text : list) out.push(text);
  return out;
}

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> out;
  if (list.is_array())
    for (const Json& text : list.as_array())
      if (text.is_string()) out.emplace_back(text.as_string());
  return out;
}

// Never in the middle of a character (RFC 3629).
std::string cut(const std::string& text) {
  constexpr std::string_view kMore = "...";
  if (text.size() <= IsolationSeen::kTextMax) return text;
  std::size_t end = IsolationSeen::kTextMax - kMore.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end).append(kMore);
}

std::vector<std::string> cut(const std::vector<std::string>& lines) {
  std::vector<std::string> out;
  for (const std::string& line : lines) {
    if (out.size() == IsolationSeen::kLinesMax) {
      out.back() = fmt::format("and {} more", lines.size() - IsolationSeen::kLinesMax + 1);
      break;
    }
    out.push_back(cut(line));
  }
  return out;
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::foreign_path:
      return "foreign_path";
    case Kind::closed_address:
      return "closed_address";
    case Kind::object:
      return "object";
  }
  return "object";
}

std::string_view name(NetworkSeen::State state) {
  switch (state) {
    case NetworkSeen::State::isolated:
      return "isolated";
    case NetworkSeen::State::open:
      return "open";
    case NetworkSeen::State::unknown:
      return "unknown";
  }
  return "unknown";
}

NetworkSeen NetworkSeen::of(std::string_view status, std::string_view reason) {
  if (std::ranges::find(kNetworkReasons, reason) == kNetworkReasons.end()) return {};
  const bool proved = status == "True" && reason == "Enforced";
  const bool open = status == "False" && (reason == "NotEnforced" || reason == "Exposed");
  return {proved ? State::isolated : open ? State::open : State::unknown, std::string(reason)};
}

IsolationSeen IsolationSeen::bounded() const {
  IsolationSeen out{profile, pods, cut(reached_by), cut(reaches), {}, network, looked};
  for (const IsolationFinding& finding : findings) {
    if (out.findings.size() == kFindingsMax) {
      const std::string more = fmt::format("and {} more", findings.size() - kFindingsMax + 1);
      out.findings.back() = {finding.kind, more, more};
      break;
    }
    out.findings.push_back({finding.kind, cut(finding.what), cut(finding.told)});
  }
  return out;
}

IsolationSeen IsolationSeen::before_a_look(NetworkSeen network) {
  IsolationSeen out;
  out.network = std::move(network);
  out.looked = false;
  return out;
}

namespace {
Json to_json(const NetworkSeen& seen) {
  return Json::object({{"state", name(seen.state)}, {"reason", seen.reason}});
}

NetworkSeen network_seen(const Json& network) {
  const std::string_view state = network.text("state");
  return NetworkSeen::of(state == "isolated" ? "True"
                         : state == "open"   ? "False"
                                             : "Unknown",
                         network.text("reason"));
}
}  // namespace

Json to_json(const IsolationSeen& seen) {
  if (!seen.looked)
    return Json::object({{"network", to_json(seen.network.value_or(NetworkSeen()))}});
  Json findings = Json::array();
  for (const IsolationFinding& f : seen.findings)
    findings.push(Json::object({{"kind", name(f.kind)}, {"what", f.what}, {"told", f.told}}));
  Json out = Json::object({{"profile", name(seen.profile)},
                           {"pods", seen.pods},
                           {"reachedBy", texts(seen.reached_by)},
                           {"reaches", texts(seen.reaches)},
                           {"findings", std::move(findings)}});
  if (seen.network) out.set("network", to_json(*seen.network));
  return out;
}

Result<IsolationSeen> isolation_seen_from_json(const Json& json) {
  if (!json.is_object()) return bug("what was seen of a sandbox's isolation is no object");
  const Json& network = json.at("network");
  if (network.is_object() && json.members().size() == 1)
    return IsolationSeen::before_a_look(network_seen(network));
  const auto profile = isolation(json.text("profile"));
  if (!profile) return bug("what was seen of a sandbox's isolation has no profile");
  IsolationSeen out{*profile,
                    json.integer_or(0, "pods"),
                    texts(json.at("reachedBy")),
                    texts(json.at("reaches")),
                    {},
                    {},
                    true};
  if (network.is_object()) out.network = network_seen(network);
  const Json& findings = json.at("findings");
  if (!findings.is_array()) return bug("what was seen of a sandbox's isolation has no findings");
  for (const Json& f : findings.as_array()) {
    const auto kind = std::ranges::find(kKinds, f.text("kind"), [](Kind k) { return name(k); });
    if (kind == kKinds.end()) return bug("a finding of an unknown kind");
    out.findings.push_back({*kind, std::string(f.text("what")), std::string(f.text("told"))});
  }
  return out;
}

}  // namespace ks
