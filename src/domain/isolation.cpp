#include "domain/isolation.hpp"

namespace ks {

std::string_view name(Isolation isolation) {
  switch (isolation) {
    case Isolation::shared:
      return "shared";
    case Isolation::namespace_:
      return "namespace";
    case Isolation::dedicated:
      return "dedicated";
  }
  return "dedicated";
}

std::optional<Isolation> isolation(std::string_view text) {
  for (const Isolation i : {Isolation::shared, Isolation::namespace_, Isolation::dedicated})
    if (name(i) == text) return i;
  return std::nullopt;
}

}  // namespace ks
