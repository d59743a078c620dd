#pragma once

#include "base/id.hpp"

namespace ks {

using ClientId = Id<struct Client>;
using OrgId = Id<struct Org>;
using TeamId = Id<struct Team>;
using UserId = Id<struct User>;
using SessionId = Id<struct Session>;
using DeploymentId = Id<struct Deployment>;
using SandboxId = Id<struct Sandbox>;
using MailId = Id<struct Mail>;
using OfferId = Id<struct Offer>;
using InvitationId = Id<struct Invite>;
using ReviewId = Id<struct Review>;

// The built-in client: organizations without a white-label client belong to it, so that no key has
// an empty part. The same in every installation.
ClientId platform_client();

}  // namespace ks
