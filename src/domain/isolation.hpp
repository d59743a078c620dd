#pragma once

#include <optional>
#include <string_view>

namespace ks {

// How far a tenant's pods are kept from others; ordered from open to strict.
enum class Isolation { shared, namespace_, dedicated };

// "shared", "namespace", "dedicated".
std::string_view name(Isolation isolation);
std::optional<Isolation> isolation(std::string_view name);

}  // namespace ks
