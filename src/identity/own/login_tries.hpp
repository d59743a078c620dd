#pragma once

#include <string>
#include <string_view>

#include "identity/network.hpp"
#include "identity/own/links.hpp"

namespace ks {

// What tries to sign in to an account are counted under, and how the account knows the network that
// they come from.
struct LoginTries {
  NetworkKeys by_address;
  std::string by_account;
  // Of a login: at the account from anywhere, and how the account knows the network.
  std::string anywhere = {}, network = {};
};

// Those of all accounts, by where they come from.
NetworkKeys login_address(const MailedLinks& links, const ClientScope&, const Trail&);

// `account` is an address, or whatever was given for one.
LoginTries login_tries(const MailedLinks& links, const ClientScope&, std::string_view account,
                       const Trail&);

}  // namespace ks
