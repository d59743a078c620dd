#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/yaml.hpp"
#include "domain/deployment/deployment_request.hpp"
#include "domain/deployment/image.hpp"
#include "domain/deployment/quantity.hpp"
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

// By which the pages put them in order.
const std::set<std::string> kCategories = {"database", "monitoring", "tools", "web"};

// Whose users are to install things into the image: the root of all others is read-only.
const std::set<std::string> kWritableRoot = {"jupyter"};

std::string read_source(const char* path) {
  const char* root = std::getenv("KS_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::ostringstream text;
  text << std::ifstream(std::filesystem::path(root) / path).rdbuf();
  return text.str();
}

// Name of the template -> text. All there is in the folder, so that no file goes unseen.
std::map<std::string, std::string> files_of_the_folder() {
  const char* root = std::getenv("KS_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::map<std::string, std::string> out;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(root) / "templates")) {
    CHECK_MESSAGE(entry.path().extension() == ".yaml", entry.path());
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    out[entry.path().stem()] = text.str();
  }
  REQUIRE_FALSE(out.empty());
  return out;
}

std::vector<std::string> left_out(const std::string& text) {
  std::vector<std::string> out;
  const auto yaml = parse_yaml(text);
  REQUIRE(yaml);
  for (const Json& service : yaml->value.at("services").as_array()) {
    const auto look = [&](const char* one, const char* two, const char* three) {
      const Json& at = three == nullptr ? service.at(one, two) : service.at(one, two, three);
      if (!at.is_null()) return;
      out.push_back(std::string(service.text("name")) + ": " + one + "." + two +
                    (three == nullptr ? "" : "." + std::string(three)));
    };
    look("run_as", "uid", nullptr);
    look("run_as", "gid", nullptr);
    for (const char* kind : {"requests", "limits"})
      for (const char* what : {"cpu", "memory"}) look("resources", kind, what);
  }
  return out;
}

bool pins_a_version(const std::string& tag) {
  return tag != "latest" && std::ranges::any_of(tag, [](char c) { return c >= '0' && c <= '9'; });
}

// The name of a variable or an input that people give to what nobody is to read.
bool sounds_secret(std::string_view name) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"PASSWORD", "PASS", "TOKEN", "KEY", "SECRET"},
      [&](std::string_view end) { return name.ends_with(end); });
}

}  // namespace

TEST_CASE("the product ships what people really use, and every file of the folder") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  for (const char* wanted :
       {"gitea", "grafana", "jupyter", "metabase", "minio", "n8n", "nginx", "postgresql", "redis",
        "static-site", "uptime-kuma", "web-redis", "wordpress"}) {
    CAPTURE(wanted);
    REQUIRE(catalogue.find(wanted) != nullptr);
    CHECK(catalogue.find(wanted)->visibility == Visibility::public_);
  }
  std::set<std::string> files, names;
  for (const auto& [name, text] : files_of_the_folder()) files.insert(name);
  for (const Template& t : catalogue.list()) names.insert(t.name);
  CHECK(names == files);
}

// What a file may leave out and then would be given, but what a template that comes with the
// product has to have thought about.
TEST_CASE("each system template says itself whom it runs as and what it takes") {
  for (const auto& [name, text] : files_of_the_folder()) {
    CAPTURE(name);
    CHECK(left_out(text) == std::vector<std::string>{});
  }
  const std::string one =
      "services: [{name: web, run_as: {uid: 5, gid: 5}, resources: "
      "{requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 1}}}]";
  CHECK(left_out(one) == std::vector<std::string>{"web: resources.limits.memory"});
  CHECK(left_out("services: [{name: web}]").size() == 6);
}

TEST_CASE("each system template renders without inputs to names, tags and texts that can be") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  for (const Template& t : catalogue.list()) {
    CAPTURE(t.name);
    CHECK(check_label(t.name, kDeploymentNameMax));
    CHECK_MESSAGE(kCategories.contains(t.category), t.category);
    const std::string stem = std::string(kDeploymentNameMax, 'n') + "-abc123";
    const RenderedTemplate out = rendered(t, stem);
    std::set<std::string> names;
    for (const Service& s : out.workload.services) {
      CAPTURE(s.name);
      const auto image = parse_image(s.image);
      REQUIRE(image);
      CHECK_MESSAGE(pins_a_version(image->tag), "an image without a version changes overnight");
      CHECK(s.resources.cpu_milli_request <= s.resources.cpu_milli_limit);
      CHECK(s.resources.memory_bytes_request <= s.resources.memory_bytes_limit);
      CHECK(s.replicas >= 1);
      if (!s.volumes.empty()) CHECK(s.replicas == 1);
      CHECK(s.writable.empty() == kWritableRoot.contains(t.name));
      CHECK(names.insert(object_name(stem, out.workload, s.name)).second);
      for (const std::string& object : names) {
        CHECK(object.size() <= 52);
        CHECK(check_label(object, 63));
      }
      for (const auto& [variable, value] : s.env)
        CHECK_MESSAGE(value.find("${") == std::string::npos, variable);
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
  CHECK_FALSE(pins_a_version(""));
  CHECK_FALSE(pins_a_version("latest"));
  CHECK_FALSE(pins_a_version("stable-alpine"));
}

TEST_CASE(
    "what is secret in a system template is made, and stands in no variable and no argument") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  for (const Template& t : catalogue.list()) {
    CAPTURE(t.name);
    for (const TemplateInput& input : t.inputs) {
      CAPTURE(input.name);
      CHECK(input.secret == sounds_secret(input.name));
      if (input.secret) CHECK(input.generate_length >= 24);
    }
    const RenderedTemplate out = rendered(t, "s-abc123");
    for (const Service& s : out.workload.services) {
      for (const auto& [variable, key] : s.secret_env)
        CHECK(std::ranges::any_of(out.secrets, [&](const auto& d) { return d.name == key; }));
      for (const auto& [variable, value] : s.env) CHECK_MESSAGE(!sounds_secret(variable), variable);
      for (const DraftSecret& d : out.secrets) {
        CHECK(check_env_name(d.name));
        for (const auto& [variable, value] : s.env)
          CHECK_MESSAGE(value.find(d.value) == std::string::npos, variable);
        for (const std::string& arg : s.args) CHECK(arg.find(d.value) == std::string::npos);
      }
    }
  }
}

// The seeded plan Free: 1 CPU, 2Gi, 5Gi, 2 replicas.
TEST_CASE("each system template fits the smallest plan") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  for (const Template& t : catalogue.list()) {
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

TEST_CASE("the documentation has a row for each system template, with what it takes") {
  const std::string docs = read_source("docs/operations/templates.md");
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = docs.find("\n| `", at)) != std::string::npos; ++at) ++rows;
  CHECK(rows == catalogue.list().size());
  for (const Template& t : catalogue.list()) {
    std::string images;
    for (const TemplateService& s : t.services)
      images += (images.empty() ? "`" : ", `") + s.service.image + "`";
    const Amount amount = amount_of(rendered(t, "s-abc123").workload);
    const std::string row =
        "\n| `" + t.name + "` | " + images + " | " + format_cpu_milli(amount.cpu_milli) + " | " +
        format_bytes(amount.memory_bytes) + " | " + format_bytes(amount.storage_bytes) + " | ";
    CHECK_MESSAGE(docs.find(row) != std::string::npos, row);
  }
}

TEST_CASE(
    "WordPress and Metabase find their database by the name of its object, with one password") {
  struct Pair {
    const char* name;
    const char *host, *theirs, *its;
  };
  for (const Pair& p :
       {Pair{"wordpress", "WORDPRESS_DB_HOST", "WORDPRESS_DB_PASSWORD", "MARIADB_PASSWORD"},
        Pair{"metabase", "MB_DB_HOST", "MB_DB_PASS", "POSTGRES_PASSWORD"}}) {
    CAPTURE(p.name);
    const RenderedTemplate out = rendered(*TemplateCatalogue::system().find(p.name), "s-abc123");
    const Service *web = out.workload.find("web"), *db = out.workload.find("db");
    REQUIRE((web != nullptr && db != nullptr));
    CHECK(web->env.at(p.host) == "s-abc123-db");
    CHECK(web->secret_env.at(p.theirs) == db->secret_env.at(p.its));
    REQUIRE(db->volumes.size() == 1);
    CHECK(out.workload.ingress_service == "web");
  }
}

TEST_CASE("the static site takes its inputs as variables, never as words of a script") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  const Template& site = *catalogue.find("static-site");
  SeededRandom random(1);
  Faults faults;
  const Json inputs = Json::object({{"SITE_ARCHIVE", "https://x/$(id)\";id;\""}});
  const auto out = render_template(site, &inputs, "s-abc123", "/inputs", random, faults);
  REQUIRE(faults.empty());
  const Service& web = out.workload.services.at(0);
  CHECK(web.env.at("SITE_ARCHIVE") == "https://x/$(id)\";id;\"");
  CHECK(web.args == rendered(site, "s-abc123").workload.services[0].args);
  CHECK(web.args.back().find("--proto =https") != std::string::npos);
}

}  // namespace ks
