#pragma once

#include <string>

#include "domain/mail/draft.hpp"
#include "mail/brand.hpp"
#include "mail/mime.hpp"

namespace ks::mail {

// What a mail says, for one person in their language and under one brand.
struct Rendered {
  std::string subject;
  std::string text;
  std::string html;
};

// Whatever the values of the draft hold comes out as text: in HTML escaped, in both without line
// breaks and not as a link. The only link is the draft's, below the brand's base address.
Rendered render(const MailDraft& draft, Locale locale, const Brand& brand);

// "26 November 2026, 14:30 UTC", "26. November 2026, 14:30 UTC".
std::string date_for(Time time, Locale locale);

}  // namespace ks::mail
