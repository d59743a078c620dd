// A team's id where a deployment's belongs.
// expect: no known conversion from 'const Id<struct Team>' to 'const Id<struct Deployment>'
// expect: invalid initialization of reference of type .*Deployment
#include "domain/ids.hpp"

namespace {
bool look(const ks::DeploymentId& id) { return !id.text().empty(); }
}  // namespace

bool mistake(const ks::TeamId& team, const ks::DeploymentId& deployment) {
#ifdef FIXED
  (void)team;
  return look(deployment);
#else
  (void)deployment;
  return look(team);
#endif
}
