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

TEST_CASE("what cannot work with the cluster or on the network is a fault before the start") {
  const auto faulty = [](std::string_view name, const std::string& value) {
    auto settings = good();
    settings[std::string(name)] = value;
    return has_fault(load(settings), name);
  };
  CHECK(faulty("METRICS_ADDR", "127.0.0.1:8080"));
  CHECK(faulty("METRICS_ADDR", "0.0.0.0:8080"));
  CHECK_FALSE(faulty("METRICS_ADDR", "127.0.0.1:8081"));
  CHECK_FALSE(faulty("METRICS_ADDR", "10.0.0.1:8080"));
  for (const char* name : {"STORAGE_CLASS", "INGRESS_CLASS"}) {
    CAPTURE(name);
    for (const char* bad :
         {"Fast", "fast_ssd", "-fast", "fast-", "a..b", "a.-b", "a-.b", "fast ssd"})
      CHECK_MESSAGE(faulty(name, bad), bad);
    CHECK(faulty(name, std::string(254, 'a')));
    for (const char* fine : {"", "fast", "fast-ssd", "ssd.example.com", "0"})
      CHECK_FALSE_MESSAGE(faulty(name, fine), fine);
  }
  for (const char* bad : {"proxy", "ftp://proxy:1", "http://", "http://proxy:port", "http://a b:1",
                          "http://proxy:1/path", "http://[::1:80", "proxy:70000"})
    CHECK_MESSAGE(faulty("HTTPS_PROXY", bad), bad);
  for (const char* fine : {"", "http://proxy", "http://proxy:3128/", "http://me:pass@proxy:3128",
                           "https://proxy", "socks5h://[::1]:1080", "proxy.example.com:3128"})
    CHECK_FALSE_MESSAGE(faulty("HTTPS_PROXY", fine), fine);
}

}  // namespace ks
