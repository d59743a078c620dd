#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ks::api {

// The weight, in thousandths, that a field such as Accept-Encoding gives `word`: "br;q=0.5" is 500,
// a word without a weight 1000, and one that is not named nothing. Names compare without case; a
// weight that cannot be read is 0, so that nobody is sent what they may have refused.
std::optional<int> weight_of(std::string_view field, std::string_view word);

// The encoding in which a file is sent, of those that there are: brotli over gzip where both weigh
// the same, "" for the file as it is.
std::string_view encoding_for(std::string_view accept_encoding, bool brotli, bool gzip);

// Whether an HTML document may be the answer. `named`: only where the field says text/html itself.
enum class Html { named, tolerated };
bool accepts_html(std::string_view accept, Html how);

// "en" or "de": what the cookie says where it says one of them, else the best of Accept-Language.
std::string_view locale_for(std::optional<std::string_view> cookie,
                            std::string_view accept_language);

// "light", "dark" or "system".
std::string_view theme_for(std::optional<std::string_view> cookie);

}  // namespace ks::api
