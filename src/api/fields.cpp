#include "api/fields.hpp"

#include <algorithm>

#include "domain/mail/email_address.hpp"

namespace ks::api {

namespace {
// A body of nothing but unknown members would be answered with many times its size.
constexpr std::size_t kFaultsMax = 100;
}  // namespace

Fields::Fields(const Json& body, std::initializer_list<std::string_view> known) : body_(body) {
  for (const auto& [name, value] : body.members())
    if (faults_.size() < kFaultsMax && std::ranges::find(known, name) == known.end())
      faults_.push_back({pointer_token(name), "is not a field of this request"});
}

std::string Fields::required_text(std::string_view name) {
  const Json* value = body_.find(name);
  if (value == nullptr) {
    faults_.push_back({pointer_token(name), "is required"});
    return {};
  }
  if (!value->is_string()) {
    faults_.push_back({pointer_token(name), "must be a string"});
    return {};
  }
  return value->as_string();
}

std::optional<std::string> Fields::optional_text(std::string_view name) {
  if (body_.find(name) == nullptr) return std::nullopt;
  return required_text(name);
}

std::optional<bool> Fields::optional_flag(std::string_view name) {
  const Json* value = body_.find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->as_bool();
  faults_.push_back({pointer_token(name), "must be true or false"});
  return std::nullopt;
}

std::optional<Locale> Fields::optional_locale(std::string_view name) {
  const auto text = optional_text(name);
  if (!text) return std::nullopt;
  const auto out = locale(*text);
  if (!out && body_.find(name)->is_string()) refuse(name, "must be en or de");
  return out;
}

std::optional<std::optional<EgressList>> Fields::optional_egress(std::string_view name) {
  const Json* value = body_.find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_null()) return std::optional<EgressList>();
  return egress_list(*value, pointer_token(name), faults_);
}

void Fields::refuse(std::string_view name, std::string why) {
  faults_.push_back({pointer_token(name), std::move(why)});
}

Result<void> Fields::done(const std::vector<Fault>& values) {
  if (faults_.empty()) return {};
  for (const Fault& value : values)
    if (std::ranges::find(faults_, value.pointer, &Fault::pointer) == faults_.end())
      faults_.push_back(value);
  return invalid(std::move(faults_));
}

std::vector<Fault> address_faults(std::string_view email) {
  const auto address = EmailAddress::parse(email);
  if (address) return {};
  return {Fault{"/email", address.error().message}};
}

}  // namespace ks::api
