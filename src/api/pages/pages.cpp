#include "api/pages/pages.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/ids.hpp"
#include "domain/name.hpp"

namespace ks::api {

namespace {

constexpr std::string_view kSetup =
    R"(This link makes a platform administrator. Its token is what follows the '#'; a browser did not
send it. Use it once, within 24 hours, with a password of 12 characters or more:

{curl}/setup \
  -d '{"token":"...","email":"root@example.com","password":"...","name":"Root"}'

When it was used or is too old, `k8s-scheduler admin link` on the server prints a new one.
)";

constexpr std::string_view kInvitation =
    R"(This link invites you to an organization. Its token is what follows the '#'; a browser did not
send it. To see what it is about:

{curl}/invitations/lookup -d '{"token":"..."}'

`next` in the answer says how to go on:

sign_up         {curl}/auth/signup \
                  -d '{"invitation":"...","email":"...","password":"...","name":"..."}'
log_in          {curl}/auth/login \
                  -d '{"invitation":"...","email":"...","password":"..."}'
accept          {curl}/invitations/accept -d '{"token":"..."}'
switch_account  the same, signed in with the address that the link was sent to
ask             {curl}/invitations/ask -d '{"token":"..."}'
open            you are a member already

To decline it, signed in:

{curl}/invitations/decline -d '{"token":"..."}'
)";

constexpr std::string_view kLogin =
    R"(To sign in:

{curl}/auth/login -d '{"email":"...","password":"..."}'
)";

constexpr std::string_view kOrg =
    R"(To see the organization, its teams, and what runs in one of them:

{curl}/orgs/{org}
{curl}/orgs/{org}/teams
{curl}/orgs/{org}/teams/TEAM/deployments

Who is not signed in does that first:

{curl}/auth/login -d '{"email":"...","password":"..."}'
)";

constexpr std::string_view kPeople =
    R"(To see who is in the organization and who is invited, signed in:

{curl}/orgs/{org}/members
{curl}/orgs/{org}/invitations

To invite somebody, and to send an invitation again:

{curl}/orgs/{org}/invitations -d '{"invitations":[{"email":"..."}]}'
{curl}/orgs/{org}/invitations/INVITATION/resend -d '{}'
)";

constexpr std::string_view kSettings =
    R"(To see the organization and the offers of its ownership, signed in:

{curl}/orgs/{org}
{curl}/orgs/{org}/ownership-offers

To answer an offer that was made to you:

{curl}/orgs/{org}/ownership-offers/OFFER/accept -d '{}'
{curl}/orgs/{org}/ownership-offers/OFFER/decline -d '{}'
)";

constexpr std::string_view kUsage =
    R"(To see which plan the organization has, what is used and what is left, signed in:

{curl}/orgs/{org}/usage

How to have more is said at {base}/o/{org}/billing
)";

constexpr std::string_view kVerify =
    R"(This link makes the account that was asked for with its address. Its token is what follows the
'#'; a browser did not send it. Give it back within 24 hours, with the password that was chosen:

{curl}/auth/verify -d '{"token":"...","password":"the one of the sign-up"}'

When it was used, replaced or is too old, sign up once more.
)";

constexpr std::string_view kForgot =
    R"(For a mail with a link that sets a new password:

{curl}/auth/forgot -d '{"email":"ann@example.com"}'

The answer is the same whether the address has an account or not.
)";

constexpr std::string_view kReset =
    R"(This link sets a new password. Its token is what follows the '#'; a browser did not send it. Use
it once, within an hour, with a password of 12 characters or more:

{curl}/auth/reset -d '{"token":"...","password":"..."}'

All sessions end then; sign in with the new password.
)";

constexpr std::string_view kAddress =
    R"(This link makes the address that it was mailed to that of the account. Its token is what follows
the '#'; a browser did not send it. Use it once, within 24 hours:

{curl}/auth/address -d '{"token":"..."}'

It works only signed in to that account. All its other sessions end then.
)";

constexpr std::string_view kRestore =
    R"(This link gives the account back the address that the link was mailed to. Its token is what
follows the '#'; a browser did not send it. Use it once, within 7 days, with a password of 12
characters or more:

{curl}/auth/address/restore -d '{"token":"...","password":"..."}'

All sessions end then; sign in with that address and the new password.
)";

constexpr std::array kPages = {
    LinkPage{"/setup", kSetup},           LinkPage{"/invitation", kInvitation},
    LinkPage{"/login", kLogin},           LinkPage{"/o/{org}", kOrg},
    LinkPage{"/o/{org}/people", kPeople}, LinkPage{"/o/{org}/settings", kSettings},
    LinkPage{"/o/{org}/usage", kUsage},   LinkPage{"/verify", kVerify},
    LinkPage{"/forgot", kForgot},         LinkPage{"/reset", kReset},
    LinkPage{"/address", kAddress},       LinkPage{"/address/restore", kRestore}};

}  // namespace

std::span<const LinkPage> link_pages() { return kPages; }

std::string filled_page(std::string_view text, std::string_view base, std::string_view org) {
  const bool named = check_label(org, kSlugMax) || OrgId::parse(org);
  const std::string curl =
      "curl -b jar -c jar -H Content-Type:application/json " + std::string(base) + "/api/v1";
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    bool known = false;
    for (const auto& [word, value] : {std::pair<std::string_view, std::string_view>{"{curl}", curl},
                                      {"{base}", base},
                                      {"{org}", named ? org : std::string_view("ORGANIZATION")}}) {
      if (!text.starts_with(word)) continue;
      out += value;
      text.remove_prefix(word.size());
      known = true;
      break;
    }
    if (known || text.empty()) continue;
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace ks::api
