#pragma once

#include <string>

#include "kube/cluster.hpp"
#include "kube/https/transport.hpp"

// Between the port's words and what goes over the wire.
namespace ks::kube::https {

// "/apis/apps/v1/namespaces/n/deployments/d"; without `name` the collection.
std::string path_of(const Kind& kind, const std::string& ns, const std::string& name);

// Adds "?a=b" or "&a=b", escaped.
void add_query(std::string& target, std::string_view name, std::string_view value);

// The failure that a response or a Status object tells.
KubeError error_of(const Response& response);
KubeError error_of_status(const Json& status, int http_status);

KubeResult<Json> tree_of(const std::string& body, std::size_t bytes_max);
// Leaves of managedFields who manages, without what; that is most of an object's size.
void strip_managed_fields(Json& object);

// A line of a watch: an event, or the error that ends it. nullopt for a kind of event that is not
// known.
KubeResult<std::optional<WatchEvent>> event_of(const std::string& line);

std::unique_ptr<Watch> make_watch(std::unique_ptr<Stream> stream);

}  // namespace ks::kube::https
