#include "identity/host_gate.hpp"

namespace ks {

Result<HostGate::Site> HostGate::admit(std::string_view host) const {
  auto addressed = origin_of_host(base_.scheme, host);
  if (!addressed) return not_found();
  const bool ours =
      is_loopback_host(base_.host) ? is_loopback_host(addressed->host) : *addressed == base_;
  if (!ours) return not_found();
  return Site{ClientScope(platform_client()), std::move(*addressed)};
}

}  // namespace ks
