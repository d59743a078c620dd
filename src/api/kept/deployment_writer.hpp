#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/kept/deployment_texts.hpp"
#include "api/services.hpp"

namespace ks::api {

// Appends deployments to a reply as present() shows them to one caller, from kept texts where those
// still hold.
class DeploymentWriter {
 public:
  // All of them outlive the writer.
  DeploymentWriter(DeploymentTexts& texts, const Services& services, const TenantScope& scope)
      : texts_(texts), services_(services), scope_(scope) {}

  // `row` is asked where no text holds. Gives the version that was written: a row that was read
  // after its stamp may be newer.
  Result<std::int64_t> append(std::string& out, const DeploymentStamp& stamp,
                              const std::function<Result<DeploymentRow>()>& row);

 private:
  const std::string& allowed_on(const DeploymentStamp& stamp);
  DeploymentTexts& texts_;
  const Services& services_;
  const TenantScope& scope_;
  // Of which the last one was.
  std::optional<TeamId> team_;
  std::string phase_;
  std::string allowed_;
};

}  // namespace ks::api
