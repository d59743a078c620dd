#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "domain/deployment/workload.hpp"

namespace ks {

inline constexpr std::size_t kServicesMax = 10;
inline constexpr int kReplicasMax = 20;
inline constexpr std::size_t kEnvMax = 200;
inline constexpr std::size_t kEnvValueBytesMax = 32 * 1024;
// Of all services together: the custom resource and the Secret have to fit into the API server's
// 1 MiB with room to spare.
inline constexpr std::size_t kEnvBytesMax = 512 * 1024;
// `d{name}-{6 random}-{service}` stays within the 52 characters that an object's name may have.
inline constexpr std::size_t kServiceNameMax = 11;
inline constexpr std::int64_t kCpuMilliMin = 10;
inline constexpr std::int64_t kCpuMilliMax = 1000 * 1000;
inline constexpr std::int64_t kMemoryBytesMin = std::int64_t{16} << 20;
inline constexpr std::int64_t kMemoryBytesMax = std::int64_t{16} << 40;
inline constexpr std::int64_t kVolumeBytesMin = std::int64_t{1} << 20;
inline constexpr std::int64_t kVolumeBytesMax = std::int64_t{64} << 40;

// What is wrong with a document, collected so that its author hears all of it at once. Keeps the
// first hundred.
class Faults {
 public:
  void add(std::string pointer, std::string message);
  bool empty() const { return list_.empty(); }
  const std::vector<Fault>& list() const { return list_; }
  std::vector<Fault> take() { return std::move(list_); }

 private:
  std::vector<Fault> list_;
};

// Each adds a fault and returns null or false when the value is of another kind.
const std::string* read_text(const Json& value, const std::string& pointer, Faults& faults);
bool read_integer(const Json& value, std::int64_t least, std::int64_t most,
                  const std::string& pointer, Faults& faults, std::int64_t& out);
bool read_bool(const Json& value, const std::string& pointer, Faults& faults, bool& out);
bool is_object(const Json& value, const std::string& pointer, Faults& faults);
bool is_list(const Json& value, std::size_t items_max, const std::string& pointer, Faults& faults);
// UTF-8 without NUL, at most kEnvValueBytesMax: what an environment variable can hold.
bool check_env_value(std::string_view value, const std::string& pointer, Faults& faults);

// `whole`: the value is all there is. `patch`: it is merged into what the service has (RFC 7396),
// and null takes away.
enum class Writing { whole, patch };

// Reads one of image, port, args, env, resources, health, writable, run_as into `service`. False
// when `field` is none of them, and neither replicas nor autoscale, which it leaves to
// read_scaling().
bool read_service_field(Service& service, std::string_view field, const Json& value,
                        const std::string& pointer, Writing writing, Faults& faults);

// Reads what `fields` says of replicas and autoscale, which exclude each other. In a patch one of
// them ends the other; autoscale null, by itself, leaves the least number of pods that it had.
void read_scaling(Service& service, const Json& fields, const std::string& pointer, Writing writing,
                  Faults& faults);

// The field `volumes`, which only templates have.
void read_volumes(Service& service, const Json& value, const std::string& pointer, Faults& faults);

// Bytes of all variables and arguments, names included.
std::size_t env_bytes(const Workload& workload);

// What no single field shows: a volume has one writer, a health path needs a port, paths differ.
void check_service(const Service& service, const std::string& pointer, Faults& faults);

}  // namespace ks
