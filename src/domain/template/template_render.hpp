#pragma once

#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "domain/deployment/deployment_request.hpp"
#include "domain/deployment/service_fields.hpp"
#include "domain/template/template.hpp"

namespace ks {

struct RenderedTemplate {
  Workload workload;
  std::vector<DraftSecret> secrets;
};

// Fills a template with `inputs` (an object, or nullptr for none). Adds faults under `pointer`;
// the result counts only when there are none. An environment variable that a secret input goes
// into is never in `env`: it becomes a secret as a whole.
RenderedTemplate render_template(const Template& from, const Json* inputs, std::string_view stem,
                                 const std::string& pointer, Random& random, Faults& faults);

}  // namespace ks
