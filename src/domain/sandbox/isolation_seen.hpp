#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "domain/isolation.hpp"

namespace ks {

// Something by which a tenant is not alone, or could stop being so.
struct IsolationFinding {
  enum class Kind {
    foreign_path,    // Traffic with pods that the profile does not allow.
    closed_address,  // Traffic to an address that tenants must not reach.
    object,          // An object that is not as we would write it, or that nobody of us wrote.
  } kind;
  std::string what;  // A sentence for whoever runs the cluster: it names objects of all tenants.
  std::string told;  // The same for the sandbox's own organization: others have no names in it.
  friend bool operator==(const IsolationFinding&, const IsolationFinding&) = default;
};

// "foreign_path", "closed_address", "object".
std::string_view name(IsolationFinding::Kind kind);

// What stands in a Sandbox's condition NetworkIsolated.
struct NetworkSeen {
  enum class State { isolated, open, unknown } state = State::unknown;
  // "Enforced", "NotEnforced", "Exposed", "NotProbed", "ProbeFailed", "ProbeOld", "NotLooked".
  std::string reason = "NotProbed";
  friend bool operator==(const NetworkSeen&, const NetworkSeen&) = default;

  // Of the condition's status and reason. What is not known is unknown.
  static NetworkSeen of(std::string_view status, std::string_view reason);
};
// "isolated", "open", "unknown".
std::string_view name(NetworkSeen::State state);

// What the cluster really holds, of one sandbox: who reaches it and whom it reaches as the profile
// allows it ("the internet on TCP 1-24, 26-65535; UDP all"), and what the profile does not.
struct IsolationSeen {
  Isolation profile = Isolation::shared;  // By which it was judged.
  std::int64_t pods = 0;
  std::vector<std::string> reached_by;
  std::vector<std::string> reaches;
  std::vector<IsolationFinding> findings;
  // Of its condition, put here by who reads the whole status; a status has none in this place.
  std::optional<NetworkSeen> network{};
  // No look has seen the sandbox yet, as one that waits: only what is known of the network counts.
  bool looked = true;
  // Something was found, or the network was seen not to do what policies say.
  bool exposed() const {
    return !findings.empty() || (network && network->state == NetworkSeen::State::open);
  }
  friend bool operator==(const IsolationSeen&, const IsolationSeen&) = default;

  static IsolationSeen before_a_look(NetworkSeen network);

  // Small enough for a status: what goes beyond is counted in one last finding, and texts end
  // after so many bytes.
  static constexpr std::size_t kFindingsMax = 32;
  static constexpr std::size_t kLinesMax = 16;
  static constexpr std::size_t kTextMax = 1024;
  IsolationSeen bounded() const;
};

// As in a Sandbox's status; before a look, the member `network` and no other.
Json to_json(const IsolationSeen& seen);
Result<IsolationSeen> isolation_seen_from_json(const Json& json);

}  // namespace ks
