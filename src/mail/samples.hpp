#pragma once

#include <vector>

#include "domain/mail/mail.hpp"
#include "mail/brand.hpp"

// One mail of each kind, in the order of MailContent; for tests and for people who want to see
// them.
namespace ks::mail::test {

const std::vector<MailContent>& samples();
const Brand& sample_brand();

}  // namespace ks::mail::test
