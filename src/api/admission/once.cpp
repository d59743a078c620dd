#include "api/admission/once.hpp"

#include "base/digest.hpp"

namespace ks::api {

Keyed keyed(const Services& services, const Caller& caller, const Call& call,
            std::string_view key) {
  const PersonScope& person = caller.person();
  Keyed out;
  out.hash = hex(hmac_fields(services.idempotency_key,
                             {person.client().text(), person.user().text(),
                              http::method_name(call.request.method), call.request.path, key}));
  out.mac = hex(hmac_fields(services.idempotency_key, {"body", out.hash, call.body.canonical()}));
  return out;
}

StoredAnswer kept(const Keyed& keyed, const Reply& reply, bool by_id) {
  std::string body = reply.body.is_null() ? "" : reply.body.dump();
  if (by_id && body.size() > kAnswerBytesMax) body = Json(reply.body.text("id")).dump();
  return {keyed.mac, reply.status, reply.location,
          reply.version ? std::to_string(*reply.version) : "", std::move(body)};
}

Result<Reply> repeated(const Keyed& keyed, const StoredAnswer& answer) {
  if (answer.request_mac != keyed.mac) {
    auto error = invalid("The key was used with another body.");
    error.error().problem = "idempotency_key_reused";
    return error;
  }
  KS_TRY(Json body,
         parse_json(answer.body.empty() ? "null" : answer.body, {64, std::size_t{8} << 20}));
  Reply reply;
  reply.status = answer.status;
  reply.body = std::move(body);
  reply.location = answer.location;
  if (!answer.etag.empty()) reply.version = std::stoll(answer.etag);
  return reply;
}

}  // namespace ks::api
