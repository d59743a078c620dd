// A text. Whatever it is, an address that comes out is one word of ASCII with one '@' that says the
// same again, and could stand in a header or an SMTP command.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "domain/mail/email_address.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto address = ks::EmailAddress::parse(text);
  if (!address) {
    KS_ASSERT(!address.error().message.empty());
    return 0;
  }
  KS_ASSERT(address->text().size() == text.size() && text.size() <= 254);
  std::size_t ats = 0;
  for (const char c : address->text()) {
    KS_ASSERT(c > 0x20 && c < 0x7f);
    KS_ASSERT(std::string_view("()<>[]:;,\\\"%!").find(c) == std::string_view::npos);
    ats += c == '@' ? 1 : 0;
  }
  KS_ASSERT(ats == 1);
  KS_ASSERT(ks::EmailAddress::parse(address->text())->text() == address->text());
  KS_ASSERT(*ks::EmailAddress::parse(address->key()) == *address);
  return 0;
}
