#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "domain/people/locale.hpp"
#include "domain/sandbox/egress.hpp"

namespace ks::api {

// Reads the members of a body and collects every fault: absent, of a wrong type, unknown.
class Fields {
 public:
  // Members that are not among `known` are faults.
  Fields(const Json& body, std::initializer_list<std::string_view> known);

  // "" and a fault when it is absent or no text.
  std::string required_text(std::string_view name);
  // nullopt when absent; a fault when it is there and no text.
  std::optional<std::string> optional_text(std::string_view name);

  // nullopt when absent; a fault when it is there and neither true nor false.
  std::optional<bool> optional_flag(std::string_view name);

  // The same of a language that people are written to in.
  std::optional<Locale> optional_locale(std::string_view name);

  // nullopt when absent, no list when null; faults at their places in it.
  std::optional<std::optional<EgressList>> optional_egress(std::string_view name);

  // A fault that only the reader of the value can tell.
  void refuse(std::string_view name, std::string why);

  // `invalid` with all faults, or nothing. `values`: what the use case will say of the values. It
  // looks at them itself, after rights; where the body has a fault anyhow they are told along with
  // it, unless there is one at the same place.
  Result<void> done(const std::vector<Fault>& values = {});

 private:
  const Json& body_;
  std::vector<Fault> faults_;
};

// What a use case will say of the value of "email".
std::vector<Fault> address_faults(std::string_view email);

}  // namespace ks::api
