#pragma once

#include <map>
#include <string>

#include "tests/api/server.hpp"

namespace ks::api_test {

// Of a server whose mail is queued and reaches nobody, so that a test can look at it.
std::map<std::string, std::string> mailing_settings(const std::string& sign_up = "verified");

struct Mailed {
  std::string kind;
  std::string path;
  std::string token;
  std::string locale;
};
// The newest mail that waits for that address on a server with mailing_settings(); an empty kind
// when there is none.
Mailed mail_to(Server& server, const std::string& address);
int mails_waiting(Server& server);

// A link as one is mailed, put into the database of any server; its token. `user`: an id, or empty.
std::string plant_link(Server& server, const std::string& purpose, const std::string& address,
                       const std::string& user = {});

}  // namespace ks::api_test
