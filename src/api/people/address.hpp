#pragma once

#include <string>
#include <string_view>

#include "api/call.hpp"
#include "api/services.hpp"

// Addresses of before: an organization and a team keep their former slugs for a while. Whoever
// looks at something by one of them finds it, at every address below it; nothing is changed by one,
// since who writes should know what it is called: they are told. Each comes after the name of now
// led nowhere.
namespace ks::api {

// The organization that had this slug, to its members; not_found for everybody else.
Result<TenantScope> organization_before(Tx& tx, const Caller& caller, std::string_view org,
                                        const Services& services);
// The same call with the team that had the slug in its path; not_found where none had it. Whether
// the caller sees that team is for the handler to find out, as of any id.
Result<Call> team_before(Tx& tx, const TenantScope& scope, const Call& call,
                         const Services& services);

// For the detail of a write that found nothing: what its caller, who may look at them, finds the
// organization and the team under that the path names by slugs of before. Empty where it does not,
// and where the caller's rights are not those any more that were loaded: who was removed while the
// write went on learns nothing.
std::string slugs_now(const Caller& caller, const Call& call, const Services& services);

// The organization that the path of a platform's route names, as who administers it from above, by
// its id, its slug, or, to look at it, one of before. For a write under one of those not_found says
// the slug of now; to nobody else, since administrators alone come here.
Result<TenantScope> administered(const Caller& caller, const Call& call, const Services& services);

}  // namespace ks::api
