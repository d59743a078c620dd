#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "domain/mail/mail.hpp"

namespace ks {

// What every typed mail comes down to: the name of its text, and values for the places in it. This
// is what the database keeps, sealed, until the mail is sent.
struct MailDraft {
  // A word of the product that has a translation: "org_admin", "deployments.max".
  struct Word {
    std::string text;
    friend bool operator==(const Word&, const Word&) = default;
  };
  // An address stays as it is, to be copied: it leads nowhere but to itself.
  using Value = std::variant<std::string, std::int64_t, Time, Word, EmailAddress>;
  struct Place {
    std::string name;
    Value value;
  };
  // Below the base address of the recipient's client.
  struct Link {
    std::string path;   // "/invitation"
    std::string token;  // Behind '#'; may be empty.
  };

  std::string kind;
  std::vector<Place> places;
  std::optional<Link> link;
  // After this moment the mail would be of no use; it is not sent any more.
  std::optional<Time> useful_until;
  // True when the product can do without the mail: it tells what has happened.
  bool notice = true;
};

MailDraft draft_of(const MailContent& content);

// A draft with its recipient, as it is sealed.
struct AddressedDraft {
  EmailAddress to;
  Locale locale;
  MailDraft draft;
};
std::string to_text(const AddressedDraft& draft);
Result<AddressedDraft> draft_from_text(std::string_view text);

}  // namespace ks
