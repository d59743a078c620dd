#include "domain/template/template.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace ks {

namespace {

const std::string kSmall =
    "displayName: Wiki\n"
    "description: Pages for the team\n"
    "services:\n"
    "  - name: web\n"
    "    image: a/b:1\n"
    "    port: 8080\n";

std::vector<Fault> faults_of(const std::string& yaml) {
  const auto got = parse_template("t", yaml);
  REQUIRE_MESSAGE(!got, yaml);
  CHECK(got.error().code == Error::Code::invalid);
  return got.error().faults;
}

// True when exactly this fault is found, whatever stands before the message's words.
void check_only_fault(const std::string& yaml, const std::string& pointer,
                      const std::string& words) {
  CAPTURE(yaml);
  const auto faults = faults_of(yaml);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].pointer == pointer);
  CHECK_MESSAGE(faults[0].message.find(words) != std::string::npos, faults[0].message);
  CHECK(faults[0].message.starts_with("line "));
}

}  // namespace

TEST_CASE("a template is read with all its fields") {
  const auto got = parse_template("wiki",
                                  "displayName: Wiki\n"
                                  "description: |\n  Pages\n  for all\n"
                                  "category: docs\n"
                                  "visibility: team\n"
                                  "version: \"2.1\"\n"
                                  "inputs:\n"
                                  "  - {name: TITLE, description: shown on top, required: true}\n"
                                  "  - {name: COLOR, default: blue}\n"
                                  "  - {name: PW, secret: true, generate: {length: 32}}\n"
                                  "ingress: {service: web, port: 8080}\n"
                                  "services:\n"
                                  "  - name: web\n"
                                  "    image: a/b:1\n"
                                  "    port: 8080\n"
                                  "    args: [--title, \"${inputs.TITLE}\"]\n"
                                  "    resources: {requests: {cpu: 100m, memory: 128Mi},\n"
                                  "                limits: {cpu: 1, memory: 512Mi}}\n"
                                  "    health: {path: /ok}\n"
                                  "    env: {HOST: \"${services.db.host}\", PW: \"${inputs.PW}\"}\n"
                                  "    run_as: {uid: 5}\n"
                                  "    writable: [/tmp]\n"
                                  "  - name: db\n"
                                  "    image: c\n"
                                  "    port: 5432\n"
                                  "    volumes: [{name: data, path: /data, size: 1Gi}]\n");
  REQUIRE(got);
  CHECK(got->name == "wiki");
  CHECK(got->display_name == "Wiki");
  CHECK(got->description == "Pages\nfor all\n");
  CHECK(got->category == "docs");
  CHECK(got->visibility == Visibility::team);
  CHECK(got->version == "2.1");
  REQUIRE(got->inputs.size() == 3);
  CHECK(got->inputs[0].required);
  CHECK(got->inputs[0].description == "shown on top");
  CHECK(got->input("COLOR")->fallback == "blue");
  CHECK(got->input("PW")->secret);
  CHECK(got->input("PW")->generate_length == 32);
  CHECK(got->input("none") == nullptr);
  REQUIRE(got->services.size() == 2);
  const TemplateService& web = got->services[0];
  CHECK(web.service.image == "a/b:1");
  CHECK(web.service.port == 8080);
  CHECK(web.service.resources ==
        Resources{1000, std::int64_t{512} << 20, 100, std::int64_t{128} << 20});
  CHECK(web.service.health_path == "/ok");
  CHECK(web.service.run_as == RunAs{5, 5});
  CHECK(web.service.writable == std::vector<std::string>{"/tmp"});
  CHECK(web.service.env.empty());
  CHECK(web.env.at("PW").is_one_input());
  CHECK(web.args.size() == 2);
  CHECK(got->services[1].service.volumes ==
        std::vector<Volume>{{"data", "/data", std::int64_t{1} << 30}});
  REQUIRE(got->ingress);
  CHECK(got->ingress->service == "web");
}

TEST_CASE("a template that says no version is versioned by its content") {
  const auto one = parse_template("t", kSmall), other = parse_template("t", kSmall + "# x\n");
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->version.size() == 12);
  CHECK(one->version != other->version);
  CHECK(one->version == parse_template("t", kSmall)->version);
  CHECK(one->visibility == Visibility::private_);
}

TEST_CASE("each fault of a template has its pointer and its place") {
  const auto faults = faults_of(
      "displayName: \"\"\n"
      "colour: red\n"
      "services:\n"
      "  - name: web\n"
      "    image: A B\n"
      "    port: \"80\"\n"
      "    env:\n"
      "      X: ${inputs.NOPE}\n"
      "      1Y: a\n"
      "      Z: 5\n");
  std::vector<std::string> got;
  for (const Fault& f : faults) got.push_back(f.pointer + " " + f.message);
  std::ranges::sort(got);
  CHECK(got == std::vector<std::string>{
                   "/colour line 2, column 9: is not a known key",
                   "/description line 1, column 1: is required",
                   "/displayName line 1, column 14: must not be empty",
                   "/services/0/env/1Y line 9, column 11: the name of a variable must start with a "
                   "letter or '_' and go on with letters, digits and '_'",
                   "/services/0/env/X line 8, column 10: refers to the input NOPE, which is not "
                   "there",
                   "/services/0/env/Z line 10, column 10: must be text in quotes, not a number",
                   "/services/0/image line 5, column 12: must be an image reference such as "
                   "docker.io/library/redis:7",
                   "/services/0/port line 6, column 11: must be an integer, not text",
               });
}

TEST_CASE("what a template must not say is refused") {
  check_only_fault("[]", "", "must be an object, not a list");
  check_only_fault(kSmall + "inputs: {}\n", "/inputs", "must be a list, not an object");
  check_only_fault(kSmall + "inputs: [a]\n", "/inputs/0", "must be an object");
  check_only_fault(kSmall + "inputs: [{description: x}]\n", "/inputs/0/name", "is required");
  check_only_fault(kSmall + "inputs: [{name: A}, {name: A}]\n", "/inputs/1/name", "occurs twice");
  check_only_fault(kSmall + "inputs: [{name: a-b}]\n", "/inputs/0/name", "letters");
  check_only_fault(kSmall + "inputs: [{name: A, type: text}]\n", "/inputs/0/type",
                   "not a known key");
  check_only_fault(kSmall + "inputs: [{name: A, required: yes}]\n", "/inputs/0/required",
                   "must be true or false, not text");
  check_only_fault(kSmall + "inputs: [{name: A, secret: true, default: x}]\n", "/inputs/0/default",
                   "known to everybody");
  check_only_fault(kSmall + "inputs: [{name: A, generate: {length: 32}}]\n", "/inputs/0/generate",
                   "secret: true");
  check_only_fault(kSmall + "inputs: [{name: A, secret: true, generate: {length: 4}}]\n",
                   "/inputs/0/generate/length", "from 12 to 128");
  check_only_fault(kSmall + "inputs: [{name: A, secret: true, generate: {}}]\n",
                   "/inputs/0/generate/length", "is required");
  check_only_fault(kSmall + "inputs: [{name: A, required: true, default: x}]\n",
                   "/inputs/0/required", "cannot stand beside");
  check_only_fault(kSmall + "visibility: everybody\n", "/visibility",
                   "private, team, org or public");
  check_only_fault(kSmall + "version: 1\n", "/version", "text in quotes");
  check_only_fault(kSmall + "ingress: {service: db, port: 1}\n", "/ingress/service", "no service");
  check_only_fault(kSmall + "ingress: {service: web, port: 81}\n", "/ingress/port",
                   "the port of the service");
  check_only_fault(kSmall + "ingress: {service: web}\n", "/ingress/port", "is required");
  check_only_fault(kSmall + "    hostNetwork: true\n", "/services/0/hostNetwork",
                   "not a known key");
  check_only_fault(kSmall + "    privileged: true\n", "/services/0/privileged", "not a known key");
  check_only_fault(kSmall + "    replicas: 21\n", "/services/0/replicas", "from 0 to 20");
  check_only_fault(kSmall + "    autoscale: {min: 1, max: 21, cpu: 70}\n",
                   "/services/0/autoscale/max", "from 1 to 20");
  check_only_fault(kSmall + "    replicas: 2\n    autoscale: {min: 1, max: 2, cpu: 70}\n",
                   "/services/0/autoscale", "cannot stand beside replicas");
  check_only_fault(kSmall + "    run_as: {uid: 0}\n", "/services/0/run_as/uid", "from 1 to");
  check_only_fault(kSmall + "    run_as: {uid: 5, gid: 0}\n", "/services/0/run_as/gid",
                   "from 1 to");
  check_only_fault(kSmall + "    run_as: root\n", "/services/0/run_as", "must be an object");
  check_only_fault(kSmall + "    writable: [../etc]\n", "/services/0/writable/0", "absolute path");
  check_only_fault(kSmall + "    writable: [/proc/x]\n", "/services/0/writable/0", "/proc");
  check_only_fault(kSmall + "    writable: [/a/../b]\n", "/services/0/writable/0", "'..'");
  check_only_fault(kSmall + "    writable: [/a, /a]\n", "/services/0/writable/1", "occurs twice");
  check_only_fault(kSmall + "    health: {path: x}\n", "/services/0/health/path", "must be a path");
  check_only_fault(kSmall + "    volumes: [{name: d, path: /d, size: 1Gi}]\n    replicas: 2\n",
                   "/services/0/replicas", "must be 1");
  check_only_fault(kSmall + "    volumes: [{name: d, path: /d, size: 65Ti}]\n",
                   "/services/0/volumes/0/size", "from 1Mi to 64Ti");
  check_only_fault(kSmall + "    volumes: [{name: d, path: /d}]\n", "/services/0/volumes/0/size",
                   "is required");
  check_only_fault(kSmall + "    volumes: [{name: d, path: /d, size: 1Gi, hostPath: /}]\n",
                   "/services/0/volumes/0/hostPath", "not a known field");
  check_only_fault(kSmall + "    volumes: [{name: d, path: /d, size: 1Gi}]\n    writable: [/d]\n",
                   "/services/0/writable/0", "occurs twice");
  check_only_fault(kSmall + "    env: {A: \"${services.db.host}\"}\n", "/services/0/env/A",
                   "refers to the service db");
  check_only_fault(kSmall + "    env: {A: \"${inputs.B\"}\n", "/services/0/env/A", "closing");
  check_only_fault(kSmall + "    args: [\"${inputs.PW}\"]\ninputs: [{name: PW, secret: true}]\n",
                   "/services/0/args/0", "must not hold a secret");
  check_only_fault(kSmall + "  - {name: web, image: b}\n", "/services/1/name", "occurs twice");
  check_only_fault(kSmall + "  - {name: a-long-name-x, image: b}\n", "/services/1/name",
                   "at most 11");
  check_only_fault(kSmall + "  - {name: job, image: b, env: {A: \"${services.job.host}\"}}\n",
                   "/services/1/env/A", "has no port");
  check_only_fault("displayName: a\ndescription: b\nservices: []\n", "/services", "not be empty");
  check_only_fault("displayName: a\ndescription: b\n", "/services", "is required");
  check_only_fault(kSmall + "  - {name: b, image: b, port: 9}\ningress: {service: b, port: 9}\n",
                   "/ingress/service", "first service with a port");
}

TEST_CASE("a template that is no YAML of ours is refused with its place") {
  for (const std::string extra : {"services: []\n", "x: &a 1\ny: *a\n", "x: !!binary abc\n"}) {
    CAPTURE(extra);
    const auto got = parse_template("t", kSmall + extra);
    REQUIRE_FALSE(got);
    CHECK(got.error().message.starts_with("line 7, "));
  }
  CHECK_FALSE(parse_template("t", std::string(65 * 1024, '#')));
}

TEST_CASE("eleven services are too many") {
  std::string yaml = "displayName: a\ndescription: b\nservices:\n";
  for (int i = 0; i < 10; ++i) yaml += "  - {name: s" + std::to_string(i) + ", image: a}\n";
  CHECK(parse_template("t", yaml));
  check_only_fault(yaml + "  - {name: s10, image: a}\n", "/services", "at most 10 items");
}

TEST_CASE("templates are found by name and listed in its order") {
  Template a, b;
  a.name = "a";
  b.name = "b";
  const TemplateCatalogue catalogue({b, a});
  REQUIRE(catalogue.list().size() == 2);
  CHECK(catalogue.list()[0].name == "a");
  CHECK(catalogue.find("b")->name == "b");
  CHECK(catalogue.find("c") == nullptr);
}

}  // namespace ks
