#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "domain/deployment/workload.hpp"
#include "domain/template/template.hpp"

namespace ks {

// A value for the deployment's Secret. Keep it out of logs and out of stored replies.
struct DraftSecret {
  std::string name;  // The key in the Secret, which `secret_env` of a service refers to.
  std::string value;
  bool generated = false;  // Made here, so that its owner has to be shown it once.
};

// A deployment as asked for, before limits and rights are looked at.
struct DeploymentDraft {
  std::string name;
  std::string stem;           // `{name}-{6 random}`, of which all its objects are named.
  std::string template_name;  // Empty when made from an image.
  Workload workload;
  std::vector<DraftSecret> secrets;
};

// The body of POST .../deployments: {"name","image","port","replicas","autoscale","env","exposure",
// "resources","args","health","writable","run_as"}, of which name and image are required, or
// {"name","template","inputs","exposure"}. All faults at once, with JSON pointers. The service of
// an image is called "web". Without "exposure" it is public when there is a port, or as the
// template says; a template without an ingress cannot be made public.
Result<DeploymentDraft> draft_from_json(const Json& body, const TemplateCatalogue& templates,
                                        Random& random);

// The JSON merge patch (RFC 7396) of PATCH .../deployments/{deployment}: {"exposure","services":
// {"web":{...}}}, or a service's fields at the top for the only service. A service can be neither
// added nor removed. A limit that falls below a request which the patch does not name takes the
// request down with it. Limits of a plan are not checked here. `from`: the template that the
// deployment was made of, which says what a URL may lead to; nullptr for one from an image, and for
// one whose template is not there any more, where any service with a port will do.
Result<Workload> patch_workload(const Workload& current, const Json& patch, const Template* from);

// Sets the members of the API's deployment that come from its workload: image, replicas, autoscale,
// env, port and resources (null when there are several services), exposure, and services without
// the counts of those wanted and ready. Of replicas and autoscale one is null.
void describe_workload(Json& resource, const Workload& workload);

}  // namespace ks
