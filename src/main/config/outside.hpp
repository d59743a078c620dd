#pragma once

#include <string>
#include <string_view>

// What settings say about things outside of the program: addresses, a cluster, objects in it.
namespace ks {

// Why a cluster cannot be reached by this, after the setting's name; empty when it can be tried.
std::string kubeconfig_fault(const std::string& path, std::string_view context);

// Writes a fresh key, for its owner's eyes only; false when that cannot be, or a file is there.
bool make_key_file(const std::string& path);

// A DNS subdomain of RFC 1123, the form of most names in Kubernetes.
bool is_object_name(std::string_view text);

// A scheme that curl speaks to proxies, perhaps a login, a host and a port; or HOST:PORT alone,
// which is http.
bool is_proxy(std::string_view url);

// Listening on it takes the port on every address of the machine.
bool is_any_address(std::string_view address);

}  // namespace ks
