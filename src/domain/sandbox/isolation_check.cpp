#include "domain/sandbox/isolation_check.hpp"

namespace ks {

std::optional<IsolationSignature> IsolationSignature::of_lease(const Json& lease) {
  const auto at = parse_rfc3339(lease.text("spec", "renewTime"));
  const Json& unread = lease.at("metadata", "annotations").at(kUnread);
  if (!at || !unread.is_string()) return std::nullopt;
  const std::string_view text = unread.as_string();
  return IsolationSignature{{*at, text.empty()}, std::string(text)};
}

std::string_view name(Aloneness aloneness) {
  switch (aloneness) {
    case Aloneness::alone:
      return "alone";
    case Aloneness::exposed:
      return "exposed";
    case Aloneness::unknown:
      return "unknown";
  }
  return "unknown";
}

bool is_proof(const std::optional<IsolationCheck>& check, Time now, Duration fresh_for) {
  // Clocks of two machines.
  constexpr Duration kApart = minutes(1);
  return check && check->complete && check->at >= now - fresh_for && check->at <= now + kApart;
}

Aloneness aloneness(Isolation wanted, const std::optional<IsolationSeen>& seen,
                    const std::optional<IsolationCheck>& check, Time now, Duration fresh_for) {
  if (seen && seen->exposed()) return Aloneness::exposed;
  const bool proved =
      seen && seen->looked && seen->profile == wanted && is_proof(check, now, fresh_for);
  return proved ? Aloneness::alone : Aloneness::unknown;
}

}  // namespace ks
