#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "kube/cluster.hpp"

// Field ownership of server-side apply, after structured-merge-diff: which fields an object sets,
// how two objects merge, and what disappears when a manager no longer sends it.
namespace ks::kube::simulated {

// Paths of fields. "/spec/replicas"; an item of a keyed list is a component with its keys, an item
// of a set one with its value.
using Fields = std::set<std::string>;

// How lists and maps of a kind merge. For built-in kinds by the names of fields, for custom ones by
// their CustomResourceDefinition's schema (nullptr: lists are atomic but for metadata and
// `conditions`).
struct Schema {
  bool built_in = true;
  const Json* custom = nullptr;
};

// Every field that `object` sets, without apiVersion, kind and the identity in metadata.
Fields fields_of(const Json& object, const Schema& schema);

// Puts every field of `applied` into `live`. Adds the paths whose value changes to `changed`.
void merge(Json& live, const Json& applied, const Schema& schema, Fields& changed);

// Takes the field at `path` out of `object`, and the maps that this empties.
void remove_field(Json& object, const std::string& path);

// True when a member of `fields` is `path` or lies beneath it.
bool owns_at_or_beneath(const Fields& fields, const std::string& path);

// Without members whose value is null.
Json without_nulls(const Json& value);

}  // namespace ks::kube::simulated
