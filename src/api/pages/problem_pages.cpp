#include "api/pages/problem_pages.hpp"

#include <map>
#include <memory>

#include "api/admission/admission.hpp"
#include "http/problem.hpp"

namespace ks::api {

namespace {

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

void mount_problem_pages(http::Router& raw, const Services& services, const Json& contract) {
  auto problems = std::make_shared<const std::map<std::string, std::string, std::less<>>>(
      problems_of(contract));
  raw.add(
      http::Method::get, "/problems/{problem}", http::RouteInfo{"anyone"},
      counted_by_address(services, [problems, base = services.base_url](http::Request& request) {
        const auto found = problems->find(request.param("problem"));
        if (found == problems->end()) return http::problem(not_found().error(), request, base);
        auto response = http::Response::json(200, found->second);
        response.headers.set("Cache-Control", "no-cache");
        return response;
      }));
}

}  // namespace ks::api
