// What lists of people and of what they may do give is what may be read one by one, and what totals
// count: random small worlds on every engine.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "app/members.hpp"
#include "app/team_members.hpp"
#include "tests/policy/lists_world.hpp"

namespace ks::test {

namespace {

constexpr std::array kLimits = {1, 2, 50};

Texts sorted(Texts texts) {
  std::ranges::sort(texts);
  return texts;
}

std::string text(const MemberRow& row) {
  std::string out = row.user.str() + " " + std::string(name(row.role));
  for (const auto& in : row.teams) out += " " + in.slug + "=" + std::string(name(in.role));
  return out;
}
std::string text(const TeamMemberRow& row) {
  return row.user.str() + " " + std::string(name(row.role));
}
std::string text(const app::InvitationView& view) {
  std::string out = view.invitation.id.str() + " " + std::string(name(view.invitation.state));
  if (view.whole) out += " " + std::string(name(view.invitation.role));
  for (const auto& part : view.invitation.parts) out += " " + part.team.str();
  return out;
}
// One right.
std::string right(const UserId& user, const std::optional<AccessRow::InTeam>& team,
                  const std::string& role) {
  return user.str() + " " + (team ? team->slug : "") + " " + role;
}

// One person's look at one organization.
class Look {
 public:
  Look(ListsWorld& world, const TenantScope& scope) : world_(world), scope_(scope) {}

  // Each by id and by address, which is the same.
  void members() {
    Texts readable, named;
    for (const User& user : world_.users) {
      const auto by_id = one<MemberRow>([&](Tx& tx, const app::Stores& stores) {
        return app::member(tx, stores, scope_, PersonRef{user.id, {}});
      });
      const auto by_address = one<MemberRow>([&](Tx& tx, const app::Stores& stores) {
        return app::member(tx, stores, scope_, PersonRef{std::nullopt, user.email});
      });
      REQUIRE(by_id.has_value() == by_address.has_value());
      if (!by_id) continue;
      CHECK(text(*by_id) == text(*by_address));
      readable.push_back(text(*by_id));
      if (user.email.starts_with("user1")) named.push_back(text(*by_id));
    }
    for (const auto& [prefix, wanted] : {std::pair{"", readable}, std::pair{"user1", named}})
      listed<MemberRow>(sorted(wanted),
                        [&](Tx& tx, const app::Stores& stores, const PageRequest& page) {
                          return app::members(tx, stores, scope_, PeopleFilter{prefix}, page);
                        });
  }

  void team_members(const TeamAt& team) {
    CAPTURE(team.slug);
    const std::string_view id = team.id.text();
    Texts readable, candidates;
    for (const User& user : world_.users) {
      const auto row = one<TeamMemberRow>([&](Tx& tx, const app::Stores& stores) {
        return app::team_member(tx, stores, scope_, id, PersonRef{user.id, {}});
      });
      if (row) readable.push_back(text(*row));
      const auto found = candidates_of(id, user.email);
      if (!found.empty()) candidates.push_back(found[0]);
      if (!found.empty() && found[0].ends_with(" in")) CHECK(row);
    }
    listed<TeamMemberRow>(sorted(readable),
                          [&](Tx& tx, const app::Stores& stores, const PageRequest& page) {
                            return app::team_members(tx, stores, scope_, id, {}, page);
                          });
    // What is offered while a name is typed.
    CHECK(sorted(candidates_of(id, "us")) == sorted(candidates));
  }

  void invitations() {
    std::vector<app::InvitationView> readable;
    for (const std::string& id : world_.invitations)
      if (const auto view = one<app::InvitationView>([&](Tx& tx, const app::Stores& stores) {
            return app::invitation(tx, stores, scope_, id);
          }))
        readable.push_back(*view);
    using State = std::optional<InvitationState>;
    for (const State& state :
         {State(), State(InvitationState::pending), State(InvitationState::revoked)}) {
      Texts wanted;
      for (const auto& view : readable)
        if (!state || view.invitation.state == *state) wanted.push_back(text(view));
      listed<app::InvitationView>(sorted(wanted),
                                  [&](Tx& tx, const app::Stores& stores, const PageRequest& page) {
                                    return app::invitations(tx, stores, scope_, state, page);
                                  });
    }
  }

  // Of the organization where no team is given. One by one, rights are those of members.
  void access(const TeamAt* team) {
    const app::AccessPlace place = team == nullptr ? app::AccessPlace() : team->id.text();
    const bool may = one<bool>([&](Tx& tx, const app::Stores& stores) -> Result<bool> {
                       KS_CHECK(app::require_see_access(tx, stores, scope_, place));
                       return true;
                     }).has_value();
    Texts readable, inactive;
    for (const User& user : may ? world_.users : std::vector<User>()) {
      const Texts own = team == nullptr ? rights_of(user) : rights_in(*team, user);
      readable.insert(readable.end(), own.begin(), own.end());
    }
    app::AccessList last;
    const auto list = [&](const app::AccessQuery& query) {
      return [&, query](Tx& tx, const app::Stores& stores,
                        const PageRequest& page) -> Result<Page<AccessRow>> {
        KS_TRY(last, app::access_rows(tx, stores, scope_, place, query, page));
        return last.page;
      };
    };
    const auto key = [&](const AccessRow& row) {
      const std::string out = right(row.user, row.team, row.role);
      if (row.inactive(last.seen_until)) inactive.push_back(out);
      return out;
    };
    for (const int limit : kLimits) {
      inactive.clear();
      CHECK(sorted(pages<AccessRow>(limit, list({kInactiveAfter}), key)) == sorted(readable));
    }
    if (!may) return;
    CHECK(last.totals.rights == static_cast<std::int64_t>(readable.size()));
    CHECK(last.totals.inactive == static_cast<std::int64_t>(inactive.size()));
    const Texts wanted = sorted(inactive);
    inactive_seen += wanted.size();
    const app::AccessQuery only{.inactive_after = kInactiveAfter, .only_inactive = true};
    for (const int limit : kLimits)
      CHECK(sorted(pages<AccessRow>(limit, list(only), key)) == wanted);
    // What is taken away as a file.
    const app::AccessExport begun{team == nullptr ? std::nullopt : std::optional(team->id), only,
                                  last.seen_until};
    CHECK(sorted(pages<AccessRow>(
              2,
              [&](Tx& tx, const app::Stores& stores, const PageRequest& page) {
                return app::access_export(tx, stores, scope_, begun, page);
              },
              key)) == wanted);
    if (team != nullptr) return;
    for (const User& user : world_.users) {
      const Texts own = rights_of(user);
      app::AccessQuery of{kInactiveAfter};
      of.user = user.id;
      CHECK(sorted(pages<AccessRow>(1, list(of), key)) == sorted(own));
    }
  }

  // With the rows of each that is read.
  void reviews(const TeamAt* team) {
    const app::AccessPlace place = team == nullptr ? app::AccessPlace() : team->id.text();
    const bool may = one<bool>([&](Tx& tx, const app::Stores& stores) -> Result<bool> {
                       KS_CHECK(app::require_review(tx, stores, scope_, place));
                       return true;
                     }).has_value();
    Texts readable;
    for (const std::string& id : world_.reviews) {
      const auto read = one<AccessReview>(
          [&](Tx& tx, const app::Stores& stores) { return app::review(tx, stores, scope_, id); });
      std::int64_t rows = 0;
      (void)pages<ReviewRow>(
          50,
          [&](Tx& tx, const app::Stores& stores, const PageRequest& page) {
            return app::review_rows(tx, stores, scope_, id, page);
          },
          [&](const ReviewRow& row) {
            CHECK(row.number == ++rows);
            return std::string();
          });
      CHECK(rows == (read ? read->rights : 0));
      if (!read || !may) continue;
      CHECK(read->pending() == rows);
      if (team == nullptr || (read->team && read->team->id == team->id)) readable.push_back(id);
    }
    listed<AccessReview>(
        sorted(readable),
        [&](Tx& tx, const app::Stores& stores, const PageRequest& page) {
          return app::reviews(tx, stores, scope_, place, page);
        },
        [](const AccessReview& review) { return review.id.str(); });
  }

  std::size_t inactive_seen = 0, items = 0;

 private:
  template <class T, class Work>
  Result<T> one(Work work) {
    return world_.read<T>([&](Tx& tx) { return work(tx, world_.stores()); });
  }

  template <class T, class List, class Key>
  Texts pages(int limit, List list, Key key) {
    return walk(
        limit,
        [&](const PageRequest& page) {
          return world_.read<Page<T>>(
              [&](Tx& tx) -> Result<Page<T>> { return list(tx, world_.stores(), page); });
        },
        key, Refusals::denied_or_hidden);
  }

  template <class T, class List>
  void listed(const Texts& wanted, List list) {
    listed<T>(wanted, list, [](const T& row) { return text(row); });
  }
  template <class T, class List, class Key>
  void listed(const Texts& wanted, List list, Key key) {
    items += wanted.size();
    for (const int limit : kLimits) CHECK(sorted(pages<T>(limit, list, key)) == wanted);
  }

  Texts candidates_of(std::string_view team, const std::string& query) {
    Texts out;
    const auto found = one<std::vector<CandidateRow>>([&](Tx& tx, const app::Stores& stores) {
      return app::team_candidates(tx, stores, scope_, team, query);
    });
    if (found)
      for (const CandidateRow& row : *found)
        out.push_back(row.user.str() + (row.role ? " in" : " out"));
    return out;
  }

  Texts rights_of(const User& user) {
    const auto row = one<MemberRow>([&](Tx& tx, const app::Stores& stores) {
      return app::member(tx, stores, scope_, PersonRef{user.id, {}});
    });
    Texts out;
    if (!row) return out;
    out.push_back(right(row->user, std::nullopt, std::string(name(row->role))));
    for (const auto& in : row->teams)
      out.push_back(right(row->user, AccessRow::InTeam{in.team, in.slug, in.name},
                          std::string(name(in.role))));
    return out;
  }

  Texts rights_in(const TeamAt& team, const User& user) {
    const auto row = one<TeamMemberRow>([&](Tx& tx, const app::Stores& stores) {
      return app::team_member(tx, stores, scope_, team.id.text(), PersonRef{user.id, {}});
    });
    if (!row) return {};
    return {right(row->user, AccessRow::InTeam{team.id, team.slug, team.slug},
                  std::string(name(row->role)))};
  }

  ListsWorld& world_;
  const TenantScope& scope_;
};

}  // namespace

TEST_CASE("for everybody, lists of people and their totals have exactly what is read one by one") {
  std::size_t looks = 0, inactive = 0, items = 0;
  for (const std::uint64_t seed : {1U, 2U})
    for_each_engine([&](EngineCase& engine) {
      CAPTURE(seed);
      ListsWorld world(engine, seed);
      for (const User& user : world.users) {
        CAPTURE(user.email);
        const Caller caller = world.caller(user);
        for (const OrgAt& org : world.orgs) {
          const auto scope = world.gate().tenant(caller, org.id);
          if (!scope) continue;
          ++looks;
          Look look(world, *scope);
          look.members();
          look.invitations();
          look.access(nullptr);
          look.reviews(nullptr);
          for (const OrgAt& any : world.orgs)
            for (const TeamAt& team : any.teams) {
              look.team_members(team);
              look.access(&team);
              look.reviews(&team);
            }
          inactive += look.inactive_seen;
          items += look.items;
        }
      }
    });
  CHECK(looks >= 12);
  CHECK(inactive >= 10);
  CHECK(items >= 200);
}

}  // namespace ks::test
