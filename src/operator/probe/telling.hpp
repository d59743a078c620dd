#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace ks::op {

// The pods of a probe. The connector knocks at the three others.
enum class ProbeRole {
  connector,
  open,      // Both sides allow it.
  no_entry,  // The connector may leave for it, and it lets nobody in.
  no_exit,   // It lets the connector in, which may not leave for it.
};
inline constexpr std::array kProbeListeners = {ProbeRole::open, ProbeRole::no_entry,
                                               ProbeRole::no_exit};
// "connector", "open", "no-entry", "no-exit".
std::string_view name(ProbeRole role);

// What a listener says to who gets through, so that an answer of somebody else (a proxy in between,
// a pod that has the address by now) does not count as one.
std::string probe_greeting(std::string_view round);

// What the connector tells by the message of its end: for each listener whether it answered.
struct ProbeTelling {
  std::string round;
  // "answered"; "closed" or "strange", where somebody took the connection and gave no greeting, or
  // another one; or how none came about: "timeout", "refused", "unreachable".
  std::string open;
  std::string no_entry;
  std::string no_exit;
  friend bool operator==(const ProbeTelling&, const ProbeTelling&) = default;

  static constexpr std::string_view kAnswered = "answered";
  // Nothing got through. A word that is not known is neither this nor the other.
  static bool is_denial(std::string_view word);
  // At least a connection did.
  static bool got_through(std::string_view word);
  std::string text() const;
  // Nothing where it is not the text of one.
  static std::optional<ProbeTelling> parse(std::string_view text);
};

}  // namespace ks::op
