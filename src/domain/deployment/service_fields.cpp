#include "domain/deployment/service_fields.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "domain/deployment/image.hpp"
#include "domain/deployment/resource_fields.hpp"
#include "domain/name.hpp"

namespace ks {

namespace {

constexpr std::size_t kFaultsMax = 100;
constexpr std::size_t kArgsMax = 64;
constexpr std::size_t kWritableMax = 20;
constexpr std::size_t kVolumesMax = 10;
constexpr std::size_t kVolumeNameMax = 20;
constexpr std::size_t kPathMax = 255;
constexpr std::size_t kHealthPathMax = 1024;
// The largest that Kubernetes takes (apimachinery validation: 2^31-1).
constexpr std::int64_t kUserIdMax = 2'147'483'647;

std::string_view kind_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "true or false";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "text";
  return value.is_array() ? "a list" : "an object";
}

void add_kind_fault(const Json& value, std::string_view wanted, const std::string& pointer,
                    Faults& faults) {
  faults.add(pointer, fmt::format("must be {}, not {}", wanted, kind_of(value)));
}

// Whether a container may have something of its own at this path.
Result<void> check_path(std::string_view path) {
  if (path.size() > kPathMax) return invalid(fmt::format("must have at most {} bytes", kPathMax));
  if (!path.starts_with('/') || path == "/")
    return invalid("must be an absolute path below the root, such as /data");
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    if (part.empty() || part == "." || part == "..")
      return invalid("must not have empty parts, '.' or '..'");
    start = end + 1;
  }
  for (const char c : path)
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f || c == ':')
      return invalid("may only have printable ASCII characters without ':'");
  for (const std::string_view system : {"/proc", "/sys", "/dev"})
    if (path == system || path.starts_with(std::string(system) + "/"))
      return invalid("must not be below /proc, /sys or /dev");
  return {};
}

void read_path(const Json& value, const std::string& pointer, Faults& faults, std::string& out) {
  const std::string* text = read_text(value, pointer, faults);
  if (text == nullptr) return;
  if (const auto fine = check_path(*text); !fine)
    faults.add(pointer, fine.error().message);
  else
    out = *text;
}

void read_image(Service& service, const Json& value, const std::string& pointer, Faults& faults) {
  const std::string* text = read_text(value, pointer, faults);
  if (text == nullptr) return;
  if (const auto image = parse_image(*text); !image)
    faults.add(pointer, image.error().message);
  else
    service.image = *text;
}

void read_env(Service& service, const Json& value, const std::string& pointer, Writing writing,
              Faults& faults) {
  if (writing == Writing::whole) service.env.clear();
  if (value.is_null() && writing == Writing::patch) {
    service.env.clear();
    return;
  }
  if (!is_object(value, pointer, faults)) return;
  for (const auto& [key, item] : value.members()) {
    const std::string at = pointer + pointer_token(key);
    if (const auto fine = check_env_name(key); !fine) {
      faults.add(at, "the name of a variable " + fine.error().message);
      continue;
    }
    if (service.secret_env.contains(key)) {
      faults.add(at, "is set from a secret of this deployment");
    } else if (item.is_null() && writing == Writing::patch) {
      service.env.erase(key);
    } else if (const std::string* text = read_text(item, at, faults)) {
      if (check_env_value(*text, at, faults)) service.env[key] = *text;
    }
  }
  if (service.env.size() + service.secret_env.size() > kEnvMax)
    faults.add(pointer, fmt::format("must have at most {} variables", kEnvMax));
}

void read_args(Service& service, const Json& value, const std::string& pointer, Faults& faults) {
  if (!is_list(value, kArgsMax, pointer, faults)) return;
  service.args.clear();
  for (std::size_t i = 0; i < value.as_array().size(); ++i) {
    const std::string at = pointer + "/" + std::to_string(i);
    const std::string* text = read_text(value.as_array()[i], at, faults);
    if (text != nullptr && check_env_value(*text, at, faults)) service.args.push_back(*text);
  }
}

void read_writable(Service& service, const Json& value, const std::string& pointer,
                   Faults& faults) {
  if (!is_list(value, kWritableMax, pointer, faults)) return;
  service.writable.clear();
  for (std::size_t i = 0; i < value.as_array().size(); ++i)
    read_path(value.as_array()[i], pointer + "/" + std::to_string(i), faults,
              service.writable.emplace_back());
}

void read_health(Service& service, const Json& value, const std::string& pointer, Faults& faults) {
  if (!is_object(value, pointer, faults)) return;
  for (const auto& [key, item] : value.members()) {
    const std::string at = pointer + pointer_token(key);
    if (key != "path") {
      faults.add(at, "is not a known field");
      continue;
    }
    const std::string* text = read_text(item, at, faults);
    if (text == nullptr) continue;
    const bool printable = std::ranges::all_of(*text, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!text->starts_with('/') || !printable || text->size() > kHealthPathMax)
      faults.add(at, "must be a path such as /healthz, of printable ASCII characters");
    else
      service.health_path = *text;
  }
  if (value.find("path") == nullptr) faults.add(pointer + "/path", "is required");
}

void read_run_as(Service& service, const Json& value, const std::string& pointer, Writing writing,
                 Faults& faults) {
  if (!is_object(value, pointer, faults)) return;
  RunAs run_as = writing == Writing::patch ? service.run_as.value_or(RunAs{}) : RunAs{};
  const RunAs before = run_as;
  bool gid_given = false;
  for (const auto& [key, item] : value.members()) {
    const std::string at = pointer + pointer_token(key);
    if (key != "uid" && key != "gid")
      faults.add(at, "is not a known field");
    else
      read_integer(item, 1, kUserIdMax, at, faults, key == "uid" ? run_as.uid : run_as.gid);
    gid_given = gid_given || key == "gid";
  }
  if (run_as.uid == 0 && value.find("uid") == nullptr) faults.add(pointer + "/uid", "is required");
  // The group follows the user, unless it was said once.
  if (!gid_given && (before.gid == 0 || before.gid == before.uid)) run_as.gid = run_as.uid;
  service.run_as = run_as;
}

}  // namespace

void Faults::add(std::string pointer, std::string message) {
  if (list_.size() < kFaultsMax) list_.push_back({std::move(pointer), std::move(message)});
}

const std::string* read_text(const Json& value, const std::string& pointer, Faults& faults) {
  if (value.is_string()) return &value.as_string();
  // The commonest slip: PORT: 8080 where the variable's text "8080" is meant.
  if (value.is_number() || value.is_bool())
    faults.add(pointer, fmt::format("must be text in quotes, not {}", kind_of(value)));
  else
    add_kind_fault(value, "text", pointer, faults);
  return nullptr;
}

bool read_integer(const Json& value, std::int64_t least, std::int64_t most,
                  const std::string& pointer, Faults& faults, std::int64_t& out) {
  if (value.is_double()) {
    faults.add(pointer, "must be an integer, without point or exponent");
    return false;
  }
  if (!value.is_int()) {
    add_kind_fault(value, "an integer", pointer, faults);
    return false;
  }
  if (value.as_int() < least || value.as_int() > most) {
    faults.add(pointer, fmt::format("must be from {} to {}", least, most));
    return false;
  }
  out = value.as_int();
  return true;
}

bool read_bool(const Json& value, const std::string& pointer, Faults& faults, bool& out) {
  if (!value.is_bool()) {
    add_kind_fault(value, "true or false", pointer, faults);
    return false;
  }
  out = value.as_bool();
  return true;
}

bool is_object(const Json& value, const std::string& pointer, Faults& faults) {
  if (!value.is_object()) add_kind_fault(value, "an object", pointer, faults);
  return value.is_object();
}

bool is_list(const Json& value, std::size_t items_max, const std::string& pointer, Faults& faults) {
  if (!value.is_array()) {
    add_kind_fault(value, "a list", pointer, faults);
    return false;
  }
  if (value.as_array().size() > items_max) {
    faults.add(pointer, fmt::format("must have at most {} items", items_max));
    return false;
  }
  return true;
}

bool check_env_value(std::string_view value, const std::string& pointer, Faults& faults) {
  if (value.size() > kEnvValueBytesMax)
    faults.add(pointer, fmt::format("must have at most {} bytes", kEnvValueBytesMax));
  else if (value.find('\0') != std::string_view::npos)
    faults.add(pointer, "must not have a NUL character");
  else if (!is_utf8(value))
    faults.add(pointer, "must be valid UTF-8");
  else
    return true;
  return false;
}

bool read_service_field(Service& service, std::string_view field, const Json& value,
                        const std::string& pointer, Writing writing, Faults& faults) {
  const bool taken_away = value.is_null() && writing == Writing::patch;
  std::int64_t number = 0;
  if (field == "image") {
    read_image(service, value, pointer, faults);
  } else if (field == "port") {
    if (taken_away)
      service.port.reset();
    else if (read_integer(value, 1, 65535, pointer, faults, number))
      service.port = static_cast<int>(number);
  } else if (field == "replicas" || field == "autoscale") {
    return true;
  } else if (field == "env") {
    read_env(service, value, pointer, writing, faults);
  } else if (field == "resources") {
    read_resources(service.resources, value, pointer, writing, faults);
  } else if (field == "args") {
    if (taken_away)
      service.args.clear();
    else
      read_args(service, value, pointer, faults);
  } else if (field == "health") {
    if (taken_away)
      service.health_path.clear();
    else
      read_health(service, value, pointer, faults);
  } else if (field == "writable") {
    if (taken_away)
      service.writable.clear();
    else
      read_writable(service, value, pointer, faults);
  } else if (field == "run_as") {
    if (taken_away)
      service.run_as.reset();
    else
      read_run_as(service, value, pointer, writing, faults);
  } else {
    return false;
  }
  return true;
}

void read_volumes(Service& service, const Json& value, const std::string& pointer, Faults& faults) {
  if (!is_list(value, kVolumesMax, pointer, faults)) return;
  for (std::size_t i = 0; i < value.as_array().size(); ++i) {
    const Json& item = value.as_array()[i];
    const std::string at = pointer + "/" + std::to_string(i);
    if (!is_object(item, at, faults)) continue;
    Volume volume;
    for (const auto& [key, field] : item.members()) {
      const std::string field_at = at + pointer_token(key);
      if (key == "name") {
        const std::string* text = read_text(field, field_at, faults);
        if (text == nullptr) continue;
        if (const auto fine = check_label(*text, kVolumeNameMax); !fine)
          faults.add(field_at, fine.error().message);
        volume.name = *text;
      } else if (key == "path") {
        read_path(field, field_at, faults, volume.path);
      } else if (key == "size") {
        read_bytes(field, kVolumeBytesMin, kVolumeBytesMax, field_at, faults, volume.size_bytes);
      } else {
        faults.add(field_at, "is not a known field");
      }
    }
    for (const char* key : {"name", "path", "size"})
      if (item.find(key) == nullptr) faults.add(at + "/" + key, "is required");
    for (const Volume& other : service.volumes)
      if (other.name == volume.name) faults.add(at + "/name", "occurs twice");
    service.volumes.push_back(std::move(volume));
  }
}

std::size_t env_bytes(const Workload& workload) {
  // One control character or '<' is six bytes of what the cluster has to take.
  std::string text;
  for (const Service& s : workload.services) {
    for (const auto& [key, value] : s.env) {
      append_json_string(text, key);
      append_json_string(text, value);
    }
    for (const std::string& arg : s.args) append_json_string(text, arg);
  }
  return text.size();
}

void check_service(const Service& service, const std::string& pointer, Faults& faults) {
  if (!service.volumes.empty() && service.autoscale)
    faults.add(pointer + "/autoscale", "cannot be, because the service has a volume");
  else if (!service.volumes.empty() && service.replicas > 1)
    faults.add(pointer + "/replicas", "must be 1, because the service has a volume");
  if (!service.health_path.empty() && !service.port)
    faults.add(pointer + "/health", "needs a port");
  std::set<std::string> paths;
  for (std::size_t i = 0; i < service.volumes.size(); ++i)
    if (!service.volumes[i].path.empty() && !paths.insert(service.volumes[i].path).second)
      faults.add(fmt::format("{}/volumes/{}/path", pointer, i), "occurs twice");
  for (std::size_t i = 0; i < service.writable.size(); ++i)
    if (!service.writable[i].empty() && !paths.insert(service.writable[i]).second)
      faults.add(fmt::format("{}/writable/{}", pointer, i), "occurs twice");
}

}  // namespace ks
