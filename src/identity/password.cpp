#include "identity/password.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>

#include <fmt/format.h>
#include <sodium.h>

#include "base/digest.hpp"
#include "base/utf8.hpp"
#include "embedded/common_passwords.hpp"

namespace ks {

namespace {
constexpr std::size_t kSaltBytes = crypto_pwhash_argon2id_SALTBYTES;
constexpr std::size_t kHashBytes = 32;

const std::unordered_set<std::string_view>& common_passwords() {
  static const auto kAll = [] {
    std::unordered_set<std::string_view> all;
    for (const auto& file : embedded::common_passwords()) {
      std::string_view rest = file.text;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (end > 0) all.insert(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    return all;
  }();
  return kAll;
}

// The PHC string format has base64 without padding.
std::string phc_base64(std::string_view bytes) {
  std::string text = base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string phc(const PasswordCost& cost, std::string_view salt, std::string_view hash) {
  return fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", cost.memory_bytes / 1024, cost.passes,
                     phc_base64(salt), phc_base64(hash));
}

// The number after `mark` in a PHC string; 0 when there is none.
std::uint64_t parameter(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  std::uint64_t value = 0;
  if (at != std::string_view::npos)
    std::from_chars(text.data() + at + mark.size(), text.data() + text.size(), value);
  return value;
}

std::string random_bytes(Random& random, std::size_t count) {
  std::string out(count, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// Of valid UTF-8: bytes that begin no character are 10xxxxxx.
bool one_character(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
    ++length;
  for (std::size_t at = length; at < text.size(); at += length)
    if (text.substr(at, length) != text.substr(0, length)) return false;
  return true;
}

std::unexpected<Error> busy() {
  Error error{};
  error.code = Error::Code::unavailable;
  error.problem = "too_many_requests";
  error.message = "Too many people sign in at this moment. Try again in a few seconds.";
  error.status = 429;
  error.retry_after_s = 2;
  return std::unexpected(std::move(error));
}
}  // namespace

Result<void> check_password(std::string_view password, std::string_view address) {
  if (password.size() > kPasswordMax)
    return invalid(fmt::format("must have at most {} bytes", kPasswordMax));
  const std::ptrdiff_t length = code_points(password);
  if (length < 0) return invalid("must be valid UTF-8");
  if (static_cast<std::size_t>(length) < kPasswordMin)
    return invalid(fmt::format("must have at least {} characters", kPasswordMin));
  const std::string folded = lower(password);
  const std::string own = lower(address);
  if (!own.empty() && (folded == own || folded == own.substr(0, own.find('@'))))
    return invalid("must not be the account's address");
  if (common_passwords().contains(folded))
    return invalid("is on the list of common passwords; choose another");
  if (one_character(password)) return invalid("must not be one character over and over");
  return {};
}

PasswordHasher::PasswordHasher(Random& random, PasswordCost cost, std::size_t threads,
                               std::size_t queue_max)
    : random_(random), cost_(cost), pool_(threads, queue_max) {
  KS_ASSERT(sodium_init() >= 0);
  KS_ASSERT(cost_ == PasswordCost::least() || (cost_.memory_bytes >= PasswordCost{}.memory_bytes &&
                                               cost_.passes >= PasswordCost{}.passes));
  // Random bytes where the hash belongs: nobody knows a password for them, and making them costs
  // nothing at start.
  nobodys_ = phc(cost_, random_bytes(random_, kSaltBytes), random_bytes(random_, kHashBytes));
}

std::string PasswordHasher::hash_now(std::string_view password, std::string_view salt) const {
  std::array<unsigned char, kHashBytes> out{};
  const int failed = crypto_pwhash(out.data(), out.size(), password.data(), password.size(),
                                   reinterpret_cast<const unsigned char*>(salt.data()),
                                   cost_.passes, cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) return {};
  return phc(cost_, salt, {reinterpret_cast<const char*>(out.data()), out.size()});
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
  const std::string salt = random_bytes(random_, kSaltBytes);
  std::string out;
  if (!pool_.run([&] { out = hash_now(password, salt); })) return busy();
  if (out.empty()) return unavailable("out_of_memory", "The server is short of memory.");
  return out;
}

Result<bool> PasswordHasher::verify(std::string_view password,
                                    const std::optional<std::string>& stored) {
  // An empty view may have no address, which libsodium does not take.
  if (password.empty()) password = "";
  const std::string& against = stored && !stored->empty() ? *stored : nobodys_;
  bool right = false;
  if (!pool_.run([&] {
        right = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
      }))
    return busy();
  return right && &against != &nobodys_;
}

bool PasswordHasher::outdated(std::string_view stored) const {
  return parameter(stored, "$m=") < cost_.memory_bytes / 1024 ||
         parameter(stored, ",t=") < cost_.passes;
}

}  // namespace ks
