#include "domain/deployment/resource_fields.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "domain/deployment/quantity.hpp"

namespace ks {

namespace {

// A cell of the table {requests, limits} x {cpu, memory}, as a document names it.
struct Cell {
  std::string pointer;
  bool named = false;
  std::optional<std::int64_t> value;  // Absent when not named, taken away or faulty.
};

struct Table {
  Cell cpu_limit, memory_limit, cpu_request, memory_request;
};

bool read_quantity(const Json& value, Result<std::int64_t> (*parse)(std::string_view),
                   std::string (*format)(std::int64_t), std::int64_t least, std::int64_t most,
                   const std::string& pointer, Faults& faults, std::int64_t& out) {
  // An integer is a quantity without a suffix, as in Kubernetes.
  std::string text;
  if (value.is_string()) {
    text = value.as_string();
  } else if (value.is_int()) {
    text = std::to_string(value.as_int());
  } else {
    faults.add(pointer, "must be a quantity in quotes, such as \"500m\" or \"256Mi\"");
    return false;
  }
  const auto amount = parse(text);
  if (!amount) {
    faults.add(pointer, amount.error().message);
    return false;
  }
  if (*amount < least || *amount > most) {
    faults.add(pointer, fmt::format("must be from {} to {}", format(least), format(most)));
    return false;
  }
  out = *amount;
  return true;
}

void read_cells(Cell& cpu, Cell& memory, const Json& value, const std::string& pointer,
                Writing writing, Faults& faults) {
  for (const auto& [key, item] : value.members()) {
    const std::string at = pointer + pointer_token(key);
    if (key != "cpu" && key != "memory") {
      faults.add(at, "is not a known field");
      continue;
    }
    Cell& cell = key == "cpu" ? cpu : memory;
    cell.named = true;
    cell.pointer = at;
    if (item.is_null() && writing == Writing::patch) continue;
    std::int64_t amount = 0;
    const bool fine = key == "cpu"
                          ? read_quantity(item, parse_cpu_milli, format_cpu_milli, kCpuMilliMin,
                                          kCpuMilliMax, at, faults, amount)
                          : read_bytes(item, kMemoryBytesMin, kMemoryBytesMax, at, faults, amount);
    if (fine) cell.value = amount;
  }
}

// How the cells of one resource become its limit and its request.
struct Rule {
  std::int64_t fallback;  // The limit when nothing is said.
  std::int64_t least;
  std::int64_t share;  // The request is this part of the limit when nothing is said.
};

void settle(const Rule& rule, const Cell& limit_cell, const Cell& request_cell, Writing writing,
            bool derive_request, std::int64_t& limit, std::int64_t& request, Faults& faults) {
  const bool whole = writing == Writing::whole;
  if (limit_cell.value)
    limit = *limit_cell.value;
  else if (whole || limit_cell.named)
    limit = std::max(rule.fallback, request_cell.value.value_or(0));
  if (request_cell.value)
    request = *request_cell.value;
  else if (whole || request_cell.named || (derive_request && limit_cell.named))
    request = std::max(rule.least, limit / rule.share);
  else if (request > limit)
    request = limit;
  if (request > limit) faults.add(request_cell.pointer, "must not be above the limit");
}

constexpr Rule kCpuRule{kCpuMilliDefault, kCpuMilliMin, 5};
constexpr Rule kMemoryRule{kMemoryBytesDefault, kMemoryBytesMin, 2};

}  // namespace

bool read_bytes(const Json& value, std::int64_t least, std::int64_t most,
                const std::string& pointer, Faults& faults, std::int64_t& out) {
  return read_quantity(value, parse_bytes, format_bytes, least, most, pointer, faults, out);
}

void read_resources(Resources& resources, const Json& value, const std::string& pointer,
                    Writing writing, Faults& faults) {
  if (value.is_null() && writing == Writing::patch) {
    resources = Resources{};
    return;
  }
  if (!is_object(value, pointer, faults)) return;
  const std::size_t faults_before = faults.list().size();
  const bool by_group = value.find("requests") != nullptr || value.find("limits") != nullptr;
  Table table;
  if (!by_group) {
    read_cells(table.cpu_limit, table.memory_limit, value, pointer, writing, faults);
  } else {
    for (const auto& [key, group] : value.members()) {
      const std::string at = pointer + pointer_token(key);
      if (key == "cpu" || key == "memory") {
        faults.add(at, "cannot stand beside requests and limits");
      } else if (key != "requests" && key != "limits") {
        faults.add(at, "is not a known field");
      } else {
        const bool limits = key == "limits";
        Cell& cpu = limits ? table.cpu_limit : table.cpu_request;
        Cell& memory = limits ? table.memory_limit : table.memory_request;
        if (group.is_null() && writing == Writing::patch)
          cpu.named = memory.named = true;
        else if (is_object(group, at, faults))
          read_cells(cpu, memory, group, at, writing, faults);
      }
    }
  }
  if (faults.list().size() != faults_before) return;
  settle(kCpuRule, table.cpu_limit, table.cpu_request, writing, !by_group,
         resources.cpu_milli_limit, resources.cpu_milli_request, faults);
  settle(kMemoryRule, table.memory_limit, table.memory_request, writing, !by_group,
         resources.memory_bytes_limit, resources.memory_bytes_request, faults);
}

Json describe(const Resources& r) {
  return Json::object(
      {{"requests", Json::object({{"cpu", format_cpu_milli(r.cpu_milli_request)},
                                  {"memory", format_bytes(r.memory_bytes_request)}})},
       {"limits", Json::object({{"cpu", format_cpu_milli(r.cpu_milli_limit)},
                                {"memory", format_bytes(r.memory_bytes_limit)}})}});
}

}  // namespace ks
