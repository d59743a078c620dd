#include "api/admission/identified.hpp"

#include "api/admission/site.hpp"

namespace ks::api {

namespace {

Result<Identified> identify(const Services& services, const http::Request& request) {
  KS_TRY(const HostGate::Site site, admit(services, request, http::method_name(request.method)));
  const auto token = services.cookie.find(request.headers.get("Cookie"));
  return Identified{
      site.client, token ? std::string(*token) : std::string(),
      std::make_shared<const Trail>(Trail{request.request_id, request.client_address})};
}

}  // namespace

Result<Identified> identified(const Services& services, const http::Request& request,
                              Admission& admission) {
  auto who = identify(services, request);
  if (!who) KS_CHECK(admission.by_address());
  return who;
}

Result<Caller> load(const Services& services, const Identified& who, Admission& admission,
                    SessionGate::Use use) {
  if (const auto known = services.sessions.remembered(who.client, who.token, who.trail))
    KS_CHECK(admission.by_person(*known));
  else
    KS_CHECK(admission.by_address());
  KS_TRY(Caller caller, services.sessions.load(who.client, who.token, who.trail, use));
  KS_CHECK(admission.by_person(caller));
  return caller;
}

Result<void> count_unrouted(const Services& services, const http::Request& request,
                            Admission& admission) {
  const auto who = identify(services, request);
  if (who && !who->token.empty())
    if (const auto known = services.sessions.remembered(who->client, who->token, who->trail))
      return admission.by_person(*known);
  return admission.by_address();
}

}  // namespace ks::api
