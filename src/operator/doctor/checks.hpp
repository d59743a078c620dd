#pragma once

#include <utility>

#include "operator/doctor/doctor.hpp"

namespace ks::op {

// What the checks share; for the .cpp files of this folder only.
struct Examination {
  const Ask& ask;
  const OperatorConfig& config;
  Components components;
  Time now;
  std::vector<Check> checks{};

  Reply get(const std::string& target) const { return ask("GET", target, Json()); }
  void good(std::string what) { checks.push_back({Check::Verdict::good, std::move(what), {}}); }
  void unsure(std::string what, std::string mend) {
    checks.push_back({Check::Verdict::unsure, std::move(what), std::move(mend)});
  }
  void bad(std::string what, std::string mend) {
    checks.push_back({Check::Verdict::bad, std::move(what), std::move(mend)});
  }
  // For what was not answered with 200 and is nothing that only this account may not see.
  void unread(const std::string& what, const Reply& reply);
};

// The items of a list, none where it is no list.
const Json::Array& items_of(const Json& list);

void check_version(Examination& at);
void check_definitions(Examination& at);
void check_rights(Examination& at);
void check_storage(Examination& at);
void check_ingress(Examination& at);
void check_network_plugin(Examination& at);
void check_network_probe(Examination& at);
void check_names(Examination& at);
void check_ranges(Examination& at);
void check_nodes(Examination& at);

}  // namespace ks::op
