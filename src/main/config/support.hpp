#pragma once

#include <string>
#include <string_view>

// How people reach whoever runs the installation. Both are shown to everybody, as links.
namespace ks {

// What is wrong with it, after the setting's name; empty when nothing is, and for an empty text.
std::string support_mail_fault(std::string_view text);
// Nothing but https, without a login, and written as it stands in a request: a link of another
// scheme could run a script, and one that is read in two ways could lead somewhere else.
std::string support_url_fault(std::string_view text);

}  // namespace ks
