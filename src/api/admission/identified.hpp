#pragma once

#include <string>

#include "api/admission/admission.hpp"
#include "identity/session_gate.hpp"

namespace ks::api {

// From where a request comes and what it says of who sent it; nothing of it is proved.
struct Identified {
  ClientScope client;
  std::string token;  // Empty when the request has none.
  SessionGate::TrailPtr trail;
};

// Refuses a host that is not ours and what another site sent. Who is refused is counted by address.
Result<Identified> identified(const Services& services, const http::Request& request,
                              Admission& admission);

// The caller as the database has it now. A token of which nothing is remembered is counted by
// address before anything is asked.
Result<Caller> load(const Services& services, const Identified& who, Admission& admission,
                    SessionGate::Use use = SessionGate::Use::request);

// What no route takes is counted as well: by person where the session is remembered. Nothing is
// read for it.
Result<void> count_unrouted(const Services& services, const http::Request& request,
                            Admission& admission);

}  // namespace ks::api
