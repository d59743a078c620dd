#include "api/exports/seats.hpp"

namespace ks::api {

ExportSeats::ExportSeats(Bounds bounds) : taken_(std::make_shared<Taken>(bounds)) {}

bool ExportSeats::Taken::sit(const std::string& user, const std::string& org) {
  const std::lock_guard lock(mutex);
  const auto has = [&](const std::string& id) {
    const auto at = of.find(id);
    return at == of.end() ? 0 : at->second;
  };
  if (all >= bounds.all || has(user) >= bounds.per_person || has(org) >= bounds.per_org)
    return false;
  ++all;
  ++of[user];
  ++of[org];
  return true;
}

void ExportSeats::Taken::rise(const std::string& user, const std::string& org) {
  const std::lock_guard lock(mutex);
  --all;
  for (const std::string& id : {user, org})
    if (--of[id] == 0) of.erase(id);
}

ExportSeats::Seat ExportSeats::take(const UserId& user, const OrgId& org) {
  if (!taken_->sit(user.str(), org.str())) return nullptr;
  return {taken_.get(), [taken = taken_, user = user.str(), org = org.str()](const void*) {
            taken->rise(user, org);
          }};
}

}  // namespace ks::api
