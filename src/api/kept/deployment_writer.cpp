#include "api/kept/deployment_writer.hpp"

#include "api/present.hpp"

namespace ks::api {

Result<std::int64_t> DeploymentWriter::append(std::string& out, const DeploymentStamp& stamp,
                                              const std::function<Result<DeploymentRow>()>& row) {
  auto text = texts_.find(scope_, stamp);
  std::int64_t version = stamp.version;
  if (!text) {
    KS_TRY(const DeploymentRow now, row());
    std::string made = present_to_all(now, services_).dump();
    made.pop_back();
    version = now.version;
    text = texts_.keep(scope_, stamp_of(now), std::move(made));
  }
  out += *text;
  out += allowed_on(stamp);
  return version;
}

// The rest of the object. It depends on the caller, and so is never kept.
const std::string& DeploymentWriter::allowed_on(const DeploymentStamp& stamp) {
  if (team_ == stamp.team && phase_ == stamp.phase) return allowed_;
  team_ = stamp.team;
  phase_ = stamp.phase;
  allowed_ = R"(,"allowed_actions":[)";
  for (const std::string& action : allowed_on_deployment(scope_, stamp.team, stamp.phase)) {
    if (allowed_.back() != '[') allowed_ += ',';
    append_json_string(allowed_, action);
  }
  allowed_ += "]}";
  return allowed_;
}

}  // namespace ks::api
