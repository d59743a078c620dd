#include "domain/people/invitation.hpp"

#include <set>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "domain/people/invitation_token.hpp"

using namespace ks;

namespace {

constexpr InvitationState kStates[] = {InvitationState::pending, InvitationState::accepted,
                                       InvitationState::declined, InvitationState::revoked,
                                       InvitationState::expired};
constexpr InvitationEvent kEvents[] = {InvitationEvent::change, InvitationEvent::resend,
                                       InvitationEvent::accept, InvitationEvent::decline,
                                       InvitationEvent::revoke, InvitationEvent::expire};

}  // namespace

TEST_CASE("every event in every state leads where it should, and nothing leaves a final state") {
  for (const InvitationState state : kStates)
    for (const InvitationEvent event : kEvents) {
      CAPTURE(name(state));
      CAPTURE(static_cast<int>(event));
      std::optional<InvitationState> expected;
      if (state == InvitationState::pending) {
        switch (event) {
          case InvitationEvent::change:
          case InvitationEvent::resend:
            expected = InvitationState::pending;
            break;
          case InvitationEvent::accept:
            expected = InvitationState::accepted;
            break;
          case InvitationEvent::decline:
            expected = InvitationState::declined;
            break;
          case InvitationEvent::revoke:
            expected = InvitationState::revoked;
            break;
          case InvitationEvent::expire:
            expected = InvitationState::expired;
            break;
        }
      }
      CHECK(after(state, event) == expected);
    }
}

TEST_CASE("states and reasons are read as they are written") {
  std::set<std::string_view> names;
  for (const InvitationState state : kStates) {
    CHECK(invitation_state(name(state)) == state);
    names.insert(name(state));
  }
  CHECK(names.size() == 5);
  for (const char* other : {"", "Pending", "open", "pending "})
    CHECK_FALSE(invitation_state(other));
  for (const RevokedFor reason :
       {RevokedFor::by_hand, RevokedFor::inviter_lost_right, RevokedFor::organization_suspended,
        RevokedFor::organization_deleted})
    names.insert(name(reason));
  CHECK(names.size() == 9);
}

TEST_CASE("one is sent again after a minute, five times a day, to the microsecond") {
  const Time made{1'000'000'000};
  Resends so_far{made, made, 0};
  CHECK(resend_from(so_far, made) == made + seconds(60));
  CHECK(resend_from(so_far, made + seconds(60) - microseconds(1)) == made + seconds(60));
  Time now = made + seconds(60);
  const Time first = now;
  for (int i = 0; i < kResendsPerDay; ++i) {
    CHECK_FALSE(resend_from(so_far, now));
    so_far = after_resend(so_far, now);
    CHECK(so_far.sent_at == now);
    CHECK(resend_from(so_far, now).has_value());
    now = now + minutes(2);
  }
  CHECK(so_far.count == kResendsPerDay);
  CHECK(resend_from(so_far, now) == first + hours(24));
  CHECK(resend_from(so_far, first + hours(24) - microseconds(1)) == first + hours(24));
  CHECK_FALSE(resend_from(so_far, first + hours(24)));
  so_far = after_resend(so_far, first + hours(24));
  CHECK(so_far.count == 1);
  CHECK(so_far.since == first + hours(24));
}

TEST_CASE("inviting anew is no way around the bound of a day") {
  const Time made{1'000'000'000};
  auto last = first_sending(std::nullopt, made);
  REQUIRE(last);
  CHECK(last->count == 0);
  for (int i = 0; i < kResendsPerDay; ++i) {
    last = first_sending(last, made + minutes(i));
    REQUIRE(last);
    CHECK(last->since == made);
  }
  CHECK_FALSE(first_sending(last, made + hours(24) - microseconds(1)));
  CHECK(first_sending(last, made + hours(24))->count == 0);
  // Nor is the other way round.
  CHECK(resend_from(*last, made + hours(1)) == made + hours(24));
}

TEST_CASE("a token names its organization, and no other text is that token") {
  const ManualClock clock;
  SeededRandom random(7);
  const OrgId org = OrgId::make(clock, random);
  const InvitationToken token = InvitationToken::make(org, random);
  CHECK(token.text().size() == 64);
  const auto read = InvitationToken::parse(token.text());
  REQUIRE(read);
  CHECK(read->org() == org);
  CHECK(read->hash() == token.hash());
  CHECK(token.hash().find(token.text()) == std::string::npos);

  CHECK_FALSE(InvitationToken::parse(""));
  CHECK_FALSE(InvitationToken::parse(token.text() + token.text()));
  CHECK_FALSE(InvitationToken::parse(token.text() + "="));
  CHECK_FALSE(InvitationToken::parse(" " + token.text()));
  for (std::size_t length = 0; length < token.text().size(); ++length)
    CHECK_FALSE(InvitationToken::parse(token.text().substr(0, length)));
  // Of a session, of a set-up link.
  CHECK_FALSE(InvitationToken::parse(random_token(random, 32)));
  std::set<std::string> hashes{token.hash()};
  for (std::size_t at = 0; at < token.text().size(); ++at) {
    std::string other = token.text();
    other[at] = other[at] == 'A' ? 'B' : 'A';
    if (const auto parsed = InvitationToken::parse(other))
      CHECK(hashes.insert(parsed->hash()).second);
    other[at] = '+';
    CHECK_FALSE(InvitationToken::parse(other));
  }
}

TEST_CASE("a hundred thousand tokens are all different and use every character everywhere") {
  const ManualClock clock;
  SystemRandom random;
  const OrgId org = OrgId::make(clock, random);
  std::set<std::string> seen;
  std::vector<std::set<char>> at(64);
  for (int i = 0; i < 100'000; ++i) {
    const std::string text = InvitationToken::make(org, random).text();
    for (std::size_t c = 22; c < text.size(); ++c) at[c].insert(text[c]);
    CHECK(seen.insert(text.substr(22)).second);
  }
  for (std::size_t c = 22; c < 64; ++c) CHECK(at[c].size() == 64);
}

TEST_CASE("an organization sends invitations by its seats, neither few nor without end") {
  for (const auto& [seats, an_hour] : std::initializer_list<std::pair<std::int64_t, std::int64_t>>{
           {0, 100},
           {10, 100},
           {20, 100},
           {30, 150},
           {100, 500},
           {1'000'000'000'000'000'000, 500}}) {
    CAPTURE(seats);
    CHECK(invitation_mails(seats).an_hour == an_hour);
    CHECK(invitation_mails(seats).a_day == 4 * an_hour);
  }
  CHECK(invitation_mails(std::nullopt).an_hour == 500);
}

TEST_CASE("of the mails each leaves a part to those above: of teams half, administrators a tenth") {
  for (const std::int64_t seats : {1, 20, 37, 100}) {
    const InvitationMails all = invitation_mails(seats);
    const auto of = [&](Inviter inviter) { return share_of(all, inviter); };
    CHECK(of(Inviter::of_teams).an_hour == all.an_hour / 2);
    CHECK(of(Inviter::of_teams).a_day == all.a_day / 2);
    CHECK(of(Inviter::administrator).an_hour == all.an_hour * 9 / 10);
    CHECK(of(Inviter::administrator).a_day == all.a_day * 9 / 10);
    CHECK(of(Inviter::owner).an_hour == all.an_hour);
    CHECK(of(Inviter::owner).a_day == all.a_day);
  }
}
