#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks::kube::https {

// How to reach an API server and who to be there. Certificates and keys are PEM text.
struct KubeConfig {
  std::string server;  // "https://host:port", maybe with a path; no slash at the end.
  std::string ca;      // Empty: the system's authorities.
  std::string client_certificate;
  std::string client_key;
  std::string token;
  std::string token_file;  // Read again at each call, since such tokens are rotated.
  std::string ns;          // The context's namespace; may be empty.
};

// Reads the named context of a kubeconfig, or its current one when `context` is empty. Files that
// it names are read, relative to `folder`. Refused with a message that says so: what would skip the
// check of the server's certificate, plain http but to this machine, and ways to log in that run a
// program or need a password.
Result<KubeConfig> parse_kubeconfig(std::string_view text, const std::string& folder,
                                    std::string_view context = {});
Result<KubeConfig> load_kubeconfig(const std::string& path, std::string_view context = {});

// The text of a small file, whole.
Result<std::string> read_small_file(const std::string& path);

}  // namespace ks::kube::https
