#include <algorithm>

#include <doctest/doctest.h>

#include "main/config/config.hpp"

namespace ks {

namespace {

using Settings = std::map<std::string, std::string>;

LoadedConfig load(const Settings& settings) {
  ConfigInput input;
  input.flags = settings;
  return load_config(input);
}

Settings good() {
  return {{"SECRETS_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},
          {"DEPLOYMENT_DOMAIN", "apps.localhost"},
          {"KUBERNETES_ENABLED", "simulated"}};
}

bool has_fault(const LoadedConfig& loaded, std::string_view name) {
  return std::ranges::any_of(loaded.faults,
                             [&](const std::string& f) { return f.starts_with(name); });
}

}  // namespace

TEST_CASE(
    "the probe of the network takes an image, seconds and a word for who accepts what it shows") {
  auto settings = good();
  const auto fallback = load(settings);
  CHECK(fallback.config.op.probe_image.empty());
  CHECK(fallback.config.op.probe_every == hours(1));
  CHECK_FALSE(fallback.config.op.allow_unenforced_network);
  settings["NETWORK_PROBE_IMAGE"] = "registry.example.com/k8s-scheduler:1";
  settings["NETWORK_PROBE_INTERVAL"] = "600";
  settings["ALLOW_UNENFORCED_NETWORK"] = "true";
  const auto set = load(settings);
  CHECK(set.faults.empty());
  CHECK(set.config.op.probe_image == "registry.example.com/k8s-scheduler:1");
  CHECK(set.config.op.probe_every == minutes(10));
  CHECK(set.config.op.allow_unenforced_network);
  for (const auto& [name, bad] :
       std::vector<std::pair<const char*, const char*>>{{"NETWORK_PROBE_IMAGE", "No Image"},
                                                        {"NETWORK_PROBE_INTERVAL", "59"},
                                                        {"NETWORK_PROBE_INTERVAL", "86401"},
                                                        {"ALLOW_UNENFORCED_NETWORK", "perhaps"}}) {
    auto faulty = good();
    faulty[name] = bad;
    CHECK_MESSAGE(has_fault(load(faulty), name), name, "=", bad);
  }
  // There is one beside it, with a longer name.
  settings["SYSTEM_NAMESPACE"] = std::string(58, 'a');
  CHECK(has_fault(load(settings), "SYSTEM_NAMESPACE"));
}

}  // namespace ks
