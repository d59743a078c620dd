#include "domain/audit/chain.hpp"

#include <array>
#include <set>

#include <doctest/doctest.h>

namespace ks {

namespace {

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

OrgId org(int n) {
  return *OrgId::parse("01939f6e-4a00-7000-8000-00000000000" + std::to_string(n));
}

// The text fields of a row in the order in which the MAC takes them.
std::array<std::string*, 10> texts(AuditRow& row) {
  return {&row.prev,   &row.actor_kind,  &row.actor_id,  &row.address, &row.request_id,
          &row.action, &row.target_kind, &row.target_id, &row.result,  &row.detail};
}

AuditRow sample() {
  AuditRow row;
  row.seq = 7;
  row.at = Time{1'000};
  for (std::string* text : texts(row)) *text = "ab";
  return row;
}

std::vector<AuditRow> chain_of(int rows) {
  std::vector<AuditRow> out;
  for (int i = 1; i <= rows; ++i) {
    AuditRow row = sample();
    row.seq = i;
    row.prev = out.empty() ? "" : out.back().mac;
    row.mac = audit_mac(kKey, {platform_client(), org(1)}, row);
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

TEST_CASE("no two rows have one MAC, however their fields are cut") {
  std::set<std::string> macs;
  const AuditChain chain{platform_client(), org(1)};
  const auto fresh = [&](const AuditRow& row, const AuditChain& at) {
    return macs.insert(audit_mac(kKey, at, row)).second;
  };
  CHECK(fresh(sample(), chain));
  CHECK(fresh(sample(), {platform_client(), org(2)}));
  CHECK(fresh(sample(), {platform_client(), std::nullopt}));
  AuditRow any = sample();
  for (std::size_t i = 0; i < texts(any).size(); ++i) {
    CAPTURE(i);
    AuditRow changed = sample();
    *texts(changed)[i] += "c";
    CHECK(fresh(changed, chain));
    if (i == 0) continue;
    // The same characters in the same order, with the border between two fields moved.
    AuditRow moved = sample();
    *texts(moved)[i - 1] = "aba";
    *texts(moved)[i] = "b";
    CHECK(fresh(moved, chain));
  }
  AuditRow later = sample();
  later.seq = 71;
  later.at = Time{0};
  CHECK(fresh(later, chain));
}

TEST_CASE("a chain is whole, and not without any one of its rows") {
  const auto rows = chain_of(5);
  CHECK(verify_chain(kKey, platform_client(), org(1), rows));
  CHECK_FALSE(verify_chain(kKey, platform_client(), org(2), rows));
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    auto fewer = rows;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_FALSE(verify_chain(kKey, platform_client(), org(1), fewer));
  }
}

}  // namespace ks
