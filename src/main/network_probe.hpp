#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "operator/probe/telling.hpp"

// What runs in the pods of the network's probe: one listens, the other knocks.
namespace ks {

// Greets everybody who gets through, until `running` says no; it is asked a few times a second.
// `listening` is told the port, once.
Result<void> probe_listen(std::uint16_t port, const std::string& round,
                          const std::function<void(std::uint16_t)>& listening,
                          const std::function<bool()>& running);

struct ProbeTargets {
  struct One {
    std::string address;  // In figures.
    std::uint16_t port = 0;
  };
  One open, no_entry, no_exit;
};
struct ProbePatience {
  Duration knock = seconds(2);  // For one connection.
  Duration between = seconds(1);
  // For policies to reach the nodes: a network that is late with them is not one that has none.
  Duration all = seconds(30);
};
// So many looks in a row must be as wanted: a good moment may be one in which a listener was busy.
inline constexpr std::size_t kProbeLooks = 3;
// Knocks at all three until what must answer does and the others do not, at kProbeLooks looks in a
// row, or its patience ends; then tells the worst that it saw at the last kProbeLooks looks. A row
// that has begun when its patience ends is brought to its end. The one that must answer is asked
// before and after the others, so that a network which was away in between is not taken for one
// that denies.
op::ProbeTelling probe_connect(const std::string& round, const ProbeTargets& targets,
                               const ProbePatience& patience, const Clock& clock);
// The same of whoever is asked: `ask` gives a word of ProbeTelling for a listener.
op::ProbeTelling probe_connect(const std::string& round,
                               const std::function<std::string(op::ProbeRole)>& ask,
                               const ProbePatience& patience, const Clock& clock);

// As the commands have it.
struct ProbeOptions {
  std::string round = "by-hand";
  std::uint16_t port = 8080;
  std::string open, no_entry, no_exit;
};
// Until the process is ended; gives its exit code where it cannot listen.
int run_probe_listener(const ProbeOptions& options);
// Prints what it saw, and leaves it where Kubernetes takes the message of a container's end from.
int run_probe_connector(const ProbeOptions& options);

}  // namespace ks
