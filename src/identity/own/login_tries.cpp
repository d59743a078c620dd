#include "identity/own/login_tries.hpp"

#include "domain/name.hpp"
#include "identity/network.hpp"

namespace ks {

NetworkKeys login_address(const MailedLinks& links, const ClientScope& scope, const Trail& trail) {
  return links.network_keys(scope, "login-address", trail);
}

LoginTries login_tries(const MailedLinks& links, const ClientScope& scope, std::string_view account,
                       const Trail& trail) {
  // What is no address is counted and answered as an unknown one.
  const Result<std::string> email = normal_email(account);
  const std::string name = email ? *email : std::string(account);
  const std::string network = network_of(trail.address);
  const std::string both = name + "\n" + network;
  return {login_address(links, scope, trail), links.hashed(scope, "login-account", both),
          links.hashed(scope, "login-anywhere", name), links.hashed(scope, "login-network", both)};
}

}  // namespace ks
