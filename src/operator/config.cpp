#include "operator/config.hpp"

#include <algorithm>

#include "base/address.hpp"
#include "domain/deployment/image.hpp"

namespace ks::op {

namespace {

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = trim(text.substr(0, comma));
    if (!part.empty()) out.push_back(part);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

bool is_label_part(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, is_name_character);
}

// `NAME` or `PREFIX/NAME`.
bool is_label_key(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return is_label_part(text);
  return is_label_part(text.substr(0, slash)) && is_label_part(text.substr(slash + 1));
}

constexpr std::string_view kOrgId = "{orgId}";
constexpr std::size_t kIdLength = 36;

// With the bits behind the length zero: a range that says more is a slip of the pen.
bool is_cidr(std::string_view text) {
  const auto range = Cidr::parse(text);
  return range && range->trimmed() == *range;
}

// `NAME` or `NAME/label=value`.
Result<Peer> namespace_peer(std::string_view text) {
  Peer out;
  const std::size_t slash = text.find('/');
  const std::string_view ns = text.substr(0, slash);
  if (!is_label_part(ns)) return invalid("must name a namespace");
  out.namespace_labels["kubernetes.io/metadata.name"] = ns;
  if (slash == std::string_view::npos) return out;
  const std::string_view label = text.substr(slash + 1);
  const std::size_t equals = label.rfind('=');
  if (equals == std::string_view::npos) return invalid("must have the form NAMESPACE/label=value");
  const std::string_view key = label.substr(0, equals), value = label.substr(equals + 1);
  if (!is_label_key(key) || !is_label_part(value))
    return invalid("must have the form NAMESPACE/label=value");
  out.pod_labels[std::string(key)] = value;
  return out;
}

}  // namespace

Result<std::vector<Peer>> parse_ingress_from(std::string_view text) {
  constexpr std::string_view kNamespace = "namespace=";
  std::vector<Peer> out;
  for (const std::string_view part : split(text)) {
    if (part.starts_with(kNamespace)) {
      KS_TRY(Peer peer, namespace_peer(part.substr(kNamespace.size())));
      out.push_back(std::move(peer));
    } else if (is_cidr(part)) {
      out.push_back({{}, {}, std::string(part)});
    } else {
      return invalid(
          "must be namespace=NAME, namespace=NAME/label=value or a CIDR, apart by commas");
    }
  }
  return out;
}

Result<Peer> parse_dns_selector(std::string_view text) { return namespace_peer(trim(text)); }

NodePool NodePool::of(std::string_view org_id) const {
  NodePool out = *this;
  if (const std::size_t at = out.value.find(kOrgId); at != std::string::npos)
    out.value.replace(at, kOrgId.size(), org_id);
  return out;
}

Result<std::optional<NodePool>> parse_node_pool(std::string_view text) {
  const std::string_view pair = trim(text);
  if (pair.empty()) return std::optional<NodePool>();
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return invalid("must have the form LABEL=VALUE");
  NodePool out{std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1))};
  const std::string longest = out.of(std::string(kIdLength, '0')).value;
  if (!is_label_key(out.key) || !is_label_part(longest))
    return invalid("must have the form LABEL=VALUE; {orgId} may stand in the value, once");
  return std::optional(std::move(out));
}

Result<std::string> parse_probe_image(std::string_view text) {
  const std::string image(trim(text));
  if (!image.empty()) KS_CHECK(parse_image(image));
  return image;
}

Result<std::vector<std::string>> parse_cidrs(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view part : split(text)) {
    if (!is_cidr(part)) return invalid("must be CIDRs such as 10.0.0.0/8, apart by commas");
    out.emplace_back(part);
  }
  return out;
}

Result<UserNamespaces> parse_user_namespaces(std::string_view text) {
  if (text == "auto") return UserNamespaces::auto_;
  if (text == "true" || text == "1") return UserNamespaces::always;
  if (text == "false" || text == "0") return UserNamespaces::never;
  return invalid("must be true, false or auto");
}

}  // namespace ks::op
