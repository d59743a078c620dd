// An invitation that is sent again when it is not open any more: one code, and no mail.
#include <map>

#include <doctest/doctest.h>

#include "domain/people/invitation.hpp"
#include "tests/api/audit_rows.hpp"
#include "tests/api/mailbox.hpp"
#include "tests/api/server.hpp"
#include "tests/audit/raw_sql.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

constexpr InvitationState kStates[] = {InvitationState::pending, InvitationState::accepted,
                                       InvitationState::declined, InvitationState::revoked,
                                       InvitationState::expired};

// Ann owns, Ben administers and invites.
struct House {
  explicit House(Server& on) : server(on), ann(owner(on)) {}
  static Person owner(Server& server) {
    Person out = server.somebody("Ann");
    server.raise(out, "enterprise");
    return out;
  }

  Server& server;
  Person ann;
  Person ben = server.colleague(ann, "Ben", "org_admin");
  const std::string invitations = ann.org_path() + "/invitations";

  void sign_in(Person& who) {
    REQUIRE(who.post("/api/v1/auth/login",
                     Json::object({{"email", who.email}, {"password", kPassword}}))
                .status == 200);
  }
  std::string invited(Person& by, const std::string& address) {
    const Reply reply =
        by.post(invitations,
                Json::object({{"invitations", Json::array({Json::object({{"email", address}})})}}));
    REQUIRE(reply.status == 200);
    const Json result = reply.json().at("results").as_array().at(0);
    REQUIRE(result.text("result") == "invited");
    // Past the minute in which nothing is sent again.
    server.clock().advance(minutes(2));
    return std::string(result.text("invitation", "id"));
  }
  // Whatever became of them.
  int mailed() const {
    return std::stoi(
        test::RawSql(server.dsn()).one("SELECT COUNT(*) FROM mails WHERE kind = 'invitation'"));
  }
  std::string state(const std::string& id) {
    return std::string(ann.get(invitations + "/" + id).json().text("state"));
  }
  // Every way into a state; false where there is none more.
  bool lead(InvitationState state, int way, const std::string& id, const std::string& address) {
    const Json token = Json::object({{"token", mail_to(server, address).token}});
    switch (state) {
      case InvitationState::pending:
        return way == 0;
      case InvitationState::accepted: {
        if (way > 0) return false;
        Person guest = server.nobody();
        Json body = Json::object({{"email", address}, {"password", kPassword}, {"name", "Guest"}});
        body.set("invitation", token.text("token"));
        REQUIRE(guest.post("/api/v1/auth/signup", body).status == 201);
        return true;
      }
      case InvitationState::declined: {
        if (way > 0) return false;
        Person guest = server.nobody();
        REQUIRE(guest.post("/api/v1/invitations/decline", token).status / 100 == 2);
        return true;
      }
      case InvitationState::revoked:
        if (way == 0) REQUIRE(ann.del(invitations + "/" + id).status == 204);
        if (way == 1)  // Ben invited, and may not any more.
          REQUIRE(ann.patch(ann.org_path() + "/members/" + ben.id,
                            Json::object({{"org_role", "org_member"}}))
                      .status == 200);
        return way < 2;
      case InvitationState::expired:
        if (way > 0) return false;
        server.clock().advance(days(7));
        sign_in(ann);
        return true;
    }
    return false;
  }
};

}  // namespace

TEST_CASE("sending an invitation again that is not open says so, and mails nothing") {
  on_both(
      [](Server& server) {
        House house(server);
        int number = 0, closed = 0;
        for (const InvitationState into : kStates)
          for (int way = 0;; ++way) {
            CAPTURE(name(into));
            CAPTURE(way);
            const std::string address = "guest" + std::to_string(++number) + "@example.com";
            REQUIRE(house.ann
                        .patch(house.ann.org_path() + "/members/" + house.ben.id,
                               Json::object({{"org_role", "org_admin"}}))
                        .status == 200);
            house.sign_in(house.ben);
            const std::string id = house.invited(house.ben, address);
            if (!house.lead(into, way, id, address)) break;
            REQUIRE(house.state(id) == name(into));
            const std::string again = house.invitations + "/" + id + "/resend";
            const Json before = house.ann.get(house.invitations + "/" + id).json();
            const std::string token = mail_to(server, address).token;
            const int mailed = house.mailed();
            const Reply reply = house.ann.poke(again);
            if (into == InvitationState::pending) {
              CHECK(reply.status == 200);
              CHECK(house.mailed() == mailed + 1);
              CHECK(mail_to(server, address).token != token);
              continue;
            }
            ++closed;
            CHECK(reply.status == 409);
            CHECK(reply.json().text("code") == "invitation_closed");
            CHECK(house.mailed() == mailed);
            CHECK(house.ann.get(house.invitations + "/" + id).json() == before);
            // To whom it is hidden it is so in every state.
            Person sue = server.somebody("Sue");
            CHECK(sue.poke(again).status == 404);
          }
        CHECK(closed == 5);
      },
      mailing_settings("open"));
}
