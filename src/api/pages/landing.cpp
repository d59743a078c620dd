#include "api/pages/landing.hpp"

#include <map>
#include <memory>

#include "api/admission/admission.hpp"
#include "api/pages/pages.hpp"
#include "http/problem.hpp"

namespace ks::api {

namespace {

http::Response page(http::Response response) {
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

void serve(http::Router& raw, const Services& services, std::string_view path,
           const http::Response& response) {
  raw.add(http::Method::get, path, http::RouteInfo{"anyone"},
          counted_by_address(services, [response](http::Request&) { return page(response); }));
}

// "free, business": what PUT .../subscription takes.
Result<std::string> plans_at(const Services& services, std::string_view host) {
  KS_TRY(const HostGate::Site site, services.hosts.admit(host));
  KS_TRY(const auto plans,
         services.db.read([&](Tx& tx) { return services.stores.plans.active(tx, site.client); }));
  std::string out;
  for (const PlanRow& plan : plans) out += (out.empty() ? "" : ", ") + plan.key;
  return out;
}

constexpr std::string_view kBilling =
    R"(The plan of an organization decides how much it may have. To see which plan it is, what is used
and what is left, signed in:

{curl}/orgs/{org}/usage

To have more, delete what is not needed, or ask an administrator of this installation for another
plan, who sets it with

{curl}/platform/orgs/{org}/subscription -X PUT -d '{"plan":"..."}'

There are the plans )";

// By the last segment of a problem's type.
std::map<std::string, std::string, std::less<>> problems_of(const Json& contract) {
  std::map<std::string, std::string, std::less<>> out;
  for (const auto& [code, problem] : contract.at("x-problems").members()) {
    Json description = Json::object({{"code", code}});
    for (const auto& [name, value] : problem.members()) description.set(name, value);
    const std::string type = http::problem_type("", code);
    out.emplace(type.substr(type.rfind('/') + 1), description.dump());
  }
  return out;
}

}  // namespace

void mount_landing(http::Router& raw, const Services& services, const Json& contract) {
  const std::string& base = services.base_url;
  serve(raw, services, "/",
        http::Response::json(200, Json::object({{"product", "K8s Scheduler"},
                                                {"version", services.version},
                                                {"documentation", base + "/docs/api"},
                                                {"contract", base + "/openapi.json"},
                                                {"api", base + "/api/v1"}})
                                      .dump()));
  for (const LinkPage& link : link_pages())
    raw.add(http::Method::get, link.path, http::RouteInfo{"anyone"},
            counted_by_address(services, [&link, base](http::Request& request) {
              const bool named = link.path.find("{org}") != std::string_view::npos;
              const std::string_view org = named ? request.param("org") : std::string_view();
              return page(http::Response::text(200, filled_page(link.text, base, org)));
            }));
  raw.add(http::Method::get, "/o/{org}/billing", http::RouteInfo{"anyone"},
          counted_by_address(services, [&services](http::Request& request) {
            const auto plans = plans_at(services, request.headers.get("Host"));
            if (!plans) return http::problem(plans.error(), request, services.base_url);
            const std::string text = filled_page(kBilling, services.base_url, request.param("org"));
            return page(http::Response::text(200, text + *plans + ".\n"));
          }));

  auto problems = std::make_shared<const std::map<std::string, std::string, std::less<>>>(
      problems_of(contract));
  raw.add(http::Method::get, "/problems/{problem}", http::RouteInfo{"anyone"},
          counted_by_address(services, [problems, base](http::Request& request) {
            const auto found = problems->find(request.param("problem"));
            if (found == problems->end()) return http::problem(not_found().error(), request, base);
            return page(http::Response::json(200, found->second));
          }));
}

}  // namespace ks::api
