#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "domain/deployment/deployment_request.hpp"
#include "domain/deployment/image.hpp"
#include "domain/name.hpp"
#include "domain/template/template_render.hpp"

namespace ks {

namespace {

RenderedTemplate rendered(const Template& from, std::string_view stem) {
  SeededRandom random(1);
  Faults faults;
  RenderedTemplate out = render_template(from, nullptr, stem, "/inputs", random, faults);
  for (const Fault& f : faults.list()) FAIL_CHECK(f.pointer << " " << f.message);
  return out;
}

}  // namespace

TEST_CASE("the product ships nginx, PostgreSQL and a web service with Redis") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  for (const char* wanted : {"nginx", "postgresql", "web-redis"}) {
    CAPTURE(wanted);
    REQUIRE(catalogue.find(wanted) != nullptr);
    CHECK(catalogue.find(wanted)->visibility == Visibility::public_);
  }
}

TEST_CASE("each system template renders without inputs and fits the restricted profile") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  REQUIRE_FALSE(catalogue.list().empty());
  for (const Template& t : catalogue.list()) {
    CAPTURE(t.name);
    CHECK(check_label(t.name, kDeploymentNameMax));
    const std::string stem = std::string(kDeploymentNameMax, 'n') + "-abc123";
    const RenderedTemplate out = rendered(t, stem);
    std::set<std::string> names;
    for (const Service& s : out.workload.services) {
      CAPTURE(s.name);
      // A user that is a number and not 0, so that no image's own root counts.
      REQUIRE(s.run_as);
      CHECK(s.run_as->uid > 0);
      CHECK(s.run_as->gid > 0);
      // Bound without a capability on every kernel.
      if (s.port) CHECK(*s.port >= 1024);
      CHECK(parse_image(s.image));
      CHECK_MESSAGE(!parse_image(s.image)->tag.empty(), "an image without a tag changes overnight");
      CHECK(s.resources.cpu_milli_request <= s.resources.cpu_milli_limit);
      CHECK(s.resources.memory_bytes_request <= s.resources.memory_bytes_limit);
      CHECK(s.replicas >= 1);
      if (!s.volumes.empty()) CHECK(s.replicas == 1);
      CHECK_FALSE(s.writable.empty());
      CHECK(names.insert(object_name(stem, out.workload, s.name)).second);
      for (const std::string& object : names) {
        CHECK(object.size() <= 52);
        CHECK(check_label(object, 63));
      }
      for (const auto& [variable, key] : s.secret_env)
        CHECK(std::ranges::any_of(out.secrets, [&](const auto& d) { return d.name == key; }));
      for (const auto& [variable, value] : s.env)
        CHECK_MESSAGE(value.find("${") == std::string::npos, variable);
    }
    for (const DraftSecret& d : out.secrets) {
      CHECK(check_env_name(d.name));
      for (const Service& s : out.workload.services)
        for (const auto& [variable, value] : s.env) CHECK(value.find(d.value) == std::string::npos);
    }
    const Workload& w = out.workload;
    if (w.exposure == Exposure::public_) {
      REQUIRE(w.find(w.ingress_service) != nullptr);
      CHECK(w.find(w.ingress_service)->port == t.ingress->port);
    } else {
      CHECK(w.ingress_service.empty());
    }
    CHECK(*workload_from_json(to_json(w)) == w);
  }
}

// The seeded plan Free: 1 CPU, 2Gi, 5Gi, 2 replicas.
TEST_CASE("each system template fits the smallest plan") {
  for (const Template& t : TemplateCatalogue::system().list()) {
    CAPTURE(t.name);
    const Workload w = rendered(t, "s-abc123").workload;
    const Amount amount = amount_of(w);
    CHECK(amount.cpu_milli <= 1000);
    CHECK(amount.memory_bytes <= std::int64_t{2} << 30);
    CHECK(amount.storage_bytes <= std::int64_t{5} << 30);
    for (const Service& s : w.services) CHECK(s.replicas <= 2);
  }
}

TEST_CASE("nginx listens on 8080, is public and is asked for its page") {
  const RenderedTemplate out = rendered(*TemplateCatalogue::system().find("nginx"), "s-abc123");
  REQUIRE(out.workload.services.size() == 1);
  const Service& web = out.workload.services[0];
  CHECK(web.image == "docker.io/nginxinc/nginx-unprivileged:1.27");
  CHECK(web.port == 8080);
  CHECK(web.health_path == "/");
  CHECK(out.workload.exposure == Exposure::public_);
  CHECK(out.secrets.empty());
}

TEST_CASE("PostgreSQL has a volume, its data below it, and a generated password as a secret") {
  const RenderedTemplate out =
      rendered(*TemplateCatalogue::system().find("postgresql"), "s-abc123");
  REQUIRE(out.workload.services.size() == 1);
  const Service& db = out.workload.services[0];
  CHECK(db.port == 5432);
  CHECK(db.run_as == RunAs{999, 999});
  REQUIRE(db.volumes.size() == 1);
  CHECK(db.volumes[0].size_bytes == std::int64_t{1} << 30);
  CHECK(db.env.at("PGDATA").starts_with(db.volumes[0].path + "/"));
  CHECK(db.secret_env.at("POSTGRES_PASSWORD") == "POSTGRES_PASSWORD");
  CHECK_FALSE(db.env.contains("POSTGRES_PASSWORD"));
  CHECK(out.workload.exposure == Exposure::internal);
  REQUIRE(out.secrets.size() == 1);
  CHECK(out.secrets[0].name == "POSTGRES_PASSWORD");
  CHECK(out.secrets[0].generated);
  CHECK(out.secrets[0].value.size() == 32);
}

TEST_CASE("the web service finds Redis by the name of its object, with the password in a secret") {
  const RenderedTemplate out = rendered(*TemplateCatalogue::system().find("web-redis"), "s-abc123");
  REQUIRE(out.workload.services.size() == 2);
  const Service* web = out.workload.find("web");
  const Service* redis = out.workload.find("redis");
  REQUIRE(web != nullptr);
  REQUIRE(redis != nullptr);
  REQUIRE(out.secrets.size() == 2);
  const std::string password = out.secrets[0].value;
  CHECK(redis->secret_env.at("REDIS_PASSWORD") == out.secrets[0].name);
  CHECK(web->secret_env.at("PODINFO_CACHE_SERVER") == out.secrets[1].name);
  CHECK(out.secrets[1].value == "tcp://default:" + password + "@s-abc123-redis:6379");
  CHECK_FALSE(out.secrets[1].generated);
  CHECK(out.workload.ingress_service == "web");
}

}  // namespace ks
