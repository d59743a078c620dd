// What a template says of its URL holds for whatever is made of it, then and later.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "domain/deployment/deployment_request.hpp"

namespace ks {

namespace {

using Wish = std::optional<Exposure>;

constexpr std::array<Wish, 3> kWishes = {std::nullopt, Exposure::public_, Exposure::internal};

Json wish_for(const Wish& wish) {
  Json body = Json::object();
  if (wish) body.set("exposure", name(*wish));
  return body;
}

Result<DeploymentDraft> made(const TemplateCatalogue& catalogue, const Template& t,
                             const Wish& wish) {
  Json body = wish_for(wish);
  body.set("name", "x");
  body.set("template", t.name);
  Json inputs = Json::object();
  for (const TemplateInput& input : t.inputs)
    if (input.required) inputs.set(input.name, "x");
  body.set("inputs", std::move(inputs));
  SeededRandom random(1);
  return draft_from_json(body, catalogue, random);
}

bool is_refused_for_its_template(const Error& error) {
  return error.code == Error::Code::invalid && error.faults.size() == 1 &&
         error.faults[0].pointer == "/exposure" &&
         error.faults[0].message == "cannot be public, because its template gives it no URL";
}

// Public leads to the service that the template names, internal to none.
bool is_as_wished(const Workload& workload, const Template& t, Exposure wish) {
  return workload.exposure == wish &&
         workload.ingress_service == (wish == Exposure::public_ ? t.ingress->service : "");
}

// Of a template, every wish for a new deployment and, on each that is made, two more after another.
void check_template(const TemplateCatalogue& catalogue, const Template& t) {
  for (const Wish& first : kWishes) {
    const auto draft = made(catalogue, t, first);
    if (first == Exposure::public_ && !t.ingress) {
      RC_ASSERT(!draft);
      RC_ASSERT(is_refused_for_its_template(draft.error()));
      continue;
    }
    RC_ASSERT(draft.has_value());
    const Exposure own = t.ingress ? Exposure::public_ : Exposure::internal;
    RC_ASSERT(is_as_wished(draft->workload, t, first.value_or(own)));
    Workload current = draft->workload;
    for (const Wish& second : kWishes)
      for (const Wish& third : kWishes)
        for (const Wish& wish : {second, third}) {
          const auto changed = patch_workload(current, wish_for(wish), &t);
          if (wish == Exposure::public_ && !t.ingress) {
            RC_ASSERT(!changed);
            RC_ASSERT(is_refused_for_its_template(changed.error()));
            continue;
          }
          RC_ASSERT(changed.has_value());
          RC_ASSERT(is_as_wished(*changed, t, wish.value_or(current.exposure)));
          current = *changed;
        }
  }
}

// Of one to four services, each with a port or without, and an ingress to any that has one, or
// none.
Template any_template() {
  Template out;
  out.name = out.display_name = "any";
  const int services = *rc::gen::inRange(1, 5);
  std::vector<const TemplateService*> open;
  for (int i = 0; i < services; ++i) {
    TemplateService one;
    one.service.name = "s" + std::to_string(i);
    one.service.image = "docker.io/library/any:1";
    if (*rc::gen::arbitrary<bool>()) one.service.port = *rc::gen::inRange(1, 65536);
    out.services.push_back(one);
  }
  for (const TemplateService& one : out.services)
    if (one.service.port) open.push_back(&one);
  if (open.empty() || *rc::gen::arbitrary<bool>()) return out;
  const Service& chosen = (*rc::gen::elementOf(open))->service;
  out.ingress = TemplateIngress{chosen.name, *chosen.port};
  return out;
}

}  // namespace

TEST_CASE("no deployment of a shipped template has a URL that the template does not give it") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  std::size_t without = 0;
  for (const Template& t : catalogue.list()) {
    if (!t.ingress) ++without;
    CHECK(rc::check(t.name, [&] { check_template(catalogue, t); }));
  }
  CHECK(without >= 2);
  CHECK(without < catalogue.list().size());
}

TEST_CASE("no deployment of any template has a URL that the template does not give it") {
  CHECK(rc::check([] {
    const TemplateCatalogue catalogue({any_template()});
    check_template(catalogue, catalogue.list()[0]);
  }));
}

TEST_CASE("what is public already can be changed, whatever its template says by now") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  for (const Template& t : catalogue.list()) {
    if (!t.ingress) continue;
    CAPTURE(t.name);
    Template later = t;
    later.ingress.reset();
    const Workload current = made(catalogue, t, std::nullopt)->workload;
    for (const char* patch : {"{}", R"({"exposure":"public"})"}) {
      const auto same = patch_workload(current, *parse_json(patch), &later);
      REQUIRE(same);
      CHECK(*same == current);
    }
    // Who gives the URL up does not get it back.
    const auto hidden = patch_workload(current, *parse_json(R"({"exposure":"internal"})"), &later);
    REQUIRE(hidden);
    const auto again = patch_workload(*hidden, *parse_json(R"({"exposure":"public"})"), &later);
    REQUIRE_FALSE(again);
    CHECK(is_refused_for_its_template(again.error()));
    // Of a template that is not there any more nothing is known but ports.
    CHECK(patch_workload(*hidden, *parse_json(R"({"exposure":"public"})"), nullptr));
  }
}

}  // namespace ks
