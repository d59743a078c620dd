#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/services.hpp"
#include "authz/action.hpp"
#include "domain/audit/allowance.hpp"
#include "http/message.hpp"

namespace ks::api {

// What the audit log calls what a route does: an action, or one of account_actions.
struct DeedName {
  std::optional<Action> action;
  std::string_view text;
  DeedName() = default;
  DeedName(Action a) : action(a), text(name(a)) {}  // NOLINT(google-explicit-constructor)
  DeedName(std::string_view t) : text(t) {}         // NOLINT(google-explicit-constructor)
};

// Writes into the audit log what people who are signed in were refused, as many of them as
// RefusalAllowance lets through: on the organization of the path where the person is a member of
// it, else on the person. From any thread.
class Refusals {
 public:
  explicit Refusals(Services& services) : services_(services), allowance_(services.stores.clock) {}

  struct Who {
    ClientScope client;
    std::string token;
    SessionGate::TrailPtr trail;
    UserId person;
  };
  // In a transaction of its own: the refused one was rolled back. That it is written down is no
  // condition of the refusal.
  void note(const Who& who, const DeedName& deed, const http::Request& request, const Error& error);

 private:
  Services& services_;
  RefusalAllowance allowance_;
};

}  // namespace ks::api
