#include "authz/action.hpp"

#include "authz/catalogue.hpp"

namespace ks {

std::string_view name(Action action) { return catalogue::row(action).name; }
std::string_view noun(Action action) { return catalogue::row(action).noun; }
Place place(Action action) { return catalogue::row(action).place; }

bool is_shown_on(Action action, Resource resource) {
  return (catalogue::row(action).shown_on & (1U << static_cast<unsigned>(resource))) != 0;
}

std::span<const Action> all_actions() {
  static constexpr auto kAll = [] {
    std::array<Action, kActions> all{};
    for (std::size_t i = 0; i < kActions; ++i) all[i] = static_cast<Action>(i);
    return all;
  }();
  return kAll;
}

bool is_internal(Action action) { return action >= Action::org_found; }

bool is_open_while_suspended(Action action) { return catalogue::kOpenWhileSuspended.has(action); }

bool is_team_action(Action action) { return place(action) == Place::team; }

}  // namespace ks
