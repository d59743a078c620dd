#include "kube/https/kubeconfig.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/yaml.hpp"

namespace ks::kube::https {

namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;

// A scalar that YAML took for a number is text here: tokens may look like one.
std::string text_of(const Json& value) {
  if (value.is_string()) return value.as_string();
  if (value.is_int()) return std::to_string(value.as_int());
  return "";
}

Result<const Json*> named(const Json& config, std::string_view list, std::string_view entry,
                          const std::string& name) {
  const Json& all = config.at(list);
  if (all.is_array())
    for (const Json& one : all.as_array())
      if (text_of(one.at("name")) == name && one.at(entry).is_object()) return &one.at(entry);
  return invalid(fmt::format("the kubeconfig has no {} named \"{}\"", entry, name));
}

// A value that stands in the file itself in base64, or in a file that it names.
Result<std::string> inline_or_file(const Json& from, const std::string& key,
                                   const std::string& folder) {
  if (const std::string data = text_of(from.at(key + "-data")); !data.empty()) {
    auto bytes = from_base64(data);
    if (!bytes) return invalid(fmt::format("the kubeconfig's {}-data is not base64", key));
    return bytes;
  }
  const std::string path = text_of(from.at(key));
  if (path.empty()) return std::string();
  return read_small_file((std::filesystem::path(folder) / path).string());
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") &&
          std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; }));
}

Result<std::string> checked_server(std::string server) {
  while (server.ends_with('/')) server.pop_back();
  const bool https = server.starts_with("https://");
  if (!https && !server.starts_with("http://"))
    return invalid("the cluster's server must be an https:// address");
  const std::string_view rest = std::string_view(server).substr(https ? 8 : 7);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.empty() || rest.find_first_of("?#@ \t\r\n") != rest.npos)
    return invalid("the cluster's server is not a plain address: https://host:port");
  const std::size_t host_end =
      authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  if (!https && !is_loopback(authority.substr(0, host_end)))
    return invalid(
        fmt::format("{} is not encrypted; plain http is taken only for this machine", server));
  return server;
}

bool is_set(const Json& value) { return !value.is_null(); }

Result<void> refuse_unsupported(const Json& cluster, const Json& user) {
  const Json& skip = cluster.at("insecure-skip-tls-verify");
  if (is_set(skip) && !(skip.is_bool() && !skip.as_bool()))
    return invalid(
        "insecure-skip-tls-verify is not supported: anybody could pose as the cluster; "
        "give its authority as certificate-authority-data");
  for (const char* key : {"tls-server-name", "proxy-url"})
    if (is_set(cluster.at(key))) return invalid(fmt::format("{} is not supported", key));
  for (const char* key : {"exec", "auth-provider"})
    if (is_set(user.at(key)))
      return invalid(
          fmt::format("the kubeconfig logs in by running a program ({}), which this "
                      "service does not do; use a service account's token or a client "
                      "certificate",
                      key));
  for (const char* key : {"username", "password", "as", "as-groups", "as-uid", "as-user-extra"})
    if (is_set(user.at(key)))
      return invalid(fmt::format("the kubeconfig's user has {}, which is not supported", key));
  return {};
}

}  // namespace

Result<std::string> read_small_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return invalid(fmt::format("cannot read {}", path));
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kFileBytesMax) return invalid(fmt::format("{} is too long", path));
  return text;
}

Result<KubeConfig> parse_kubeconfig(std::string_view text, const std::string& folder,
                                    std::string_view context_name) {
  KS_TRY(const auto yaml, parse_yaml(text, {.bytes_max = kFileBytesMax}));
  const Json& config = yaml.value;
  const std::string name =
      context_name.empty() ? text_of(config.at("current-context")) : std::string(context_name);
  if (name.empty()) return invalid("the kubeconfig has no current-context");
  KS_TRY(const Json* context, named(config, "contexts", "context", name));
  KS_TRY(const Json* cluster,
         named(config, "clusters", "cluster", text_of(context->at("cluster"))));
  KS_TRY(const Json* user, named(config, "users", "user", text_of(context->at("user"))));
  KS_CHECK(refuse_unsupported(*cluster, *user));

  KubeConfig out;
  KS_TRY(out.server, checked_server(text_of(cluster->at("server"))));
  KS_TRY(out.ca, inline_or_file(*cluster, "certificate-authority", folder));
  KS_TRY(out.client_certificate, inline_or_file(*user, "client-certificate", folder));
  KS_TRY(out.client_key, inline_or_file(*user, "client-key", folder));
  if (out.client_certificate.empty() != out.client_key.empty())
    return invalid("the kubeconfig's user needs both client-certificate and client-key");
  out.token = text_of(user->at("token"));
  if (const std::string path = text_of(user->at("tokenFile")); !path.empty())
    out.token_file = (std::filesystem::path(folder) / path).string();
  out.ns = text_of(context->at("namespace"));
  return out;
}

Result<KubeConfig> load_kubeconfig(const std::string& path, std::string_view context) {
  KS_TRY(const std::string text, read_small_file(path));
  return parse_kubeconfig(text, std::filesystem::path(path).parent_path().string(), context);
}

}  // namespace ks::kube::https
