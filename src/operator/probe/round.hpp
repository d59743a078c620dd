#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "operator/probe/proof.hpp"
#include "operator/probe/telling.hpp"

namespace ks::op {

// One try: its listeners come up, then its connector knocks at them and ends.
struct ProbeRound {
  // For an image to be pulled and a node to be found.
  static constexpr Duration kListenersWithin = minutes(3);
  // The connector tries for half a minute and then at most three looks more; its image is there.
  static constexpr Duration kConnectorWithin = minutes(2);

  std::string id;  // On each of its pods, and in what the connector tells.
  Time since;      // When what it waits for was made, on the monotonic clock.
  bool connects = false;
  // Since when each listener is ready, as its node had it when the connector was made; compared and
  // not read, since it is another machine's clock.
  std::map<ProbeRole, std::string> ready{};
};

struct ProbeNext {
  enum class Kind {
    wait,
    connect,  // The connector is to be made, with these addresses.
    over,
  } kind = Kind::wait;
  std::map<ProbeRole, std::string> addresses;
  std::map<ProbeRole, std::string> ready;  // For the round.
  // How it went: enforced, not_enforced or failed, with the words for it.
  NetworkVerdict verdict = NetworkVerdict::failed;
  std::string words;
};

// Pure. `pods` are those of the round as the cluster has them; `now` is monotonic. What is not what
// this round's own pods told is never taken for a proof.
ProbeNext next_of(const ProbeRound& round, const std::vector<Json>& pods, Time now);

}  // namespace ks::op
