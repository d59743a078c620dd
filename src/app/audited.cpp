#include "app/audited.hpp"

#include "domain/deployment/quantity.hpp"

namespace ks::app {

namespace {

using Fact = Facts::Fact;
constexpr std::string_view kMask = "***";

// Of one deed. A row stays for ever, and a spec can be half a megabyte of names of variables.
constexpr std::size_t kDetailBytesMax = 16 * 1024;

// Fills in the detail of a deed; what there is no room for is counted in "more".
class Teller {
 public:
  Teller(Action action, Thing thing)
      : deed_{action, std::string(thing.kind), std::move(thing.id), Json::object()} {}

  void side(const std::string& name) { deed_.detail.set(name, Json::object()); }

  void put(const std::string& side, const std::string& name, const Fact& fact) {
    const std::size_t bytes = name.size() + kAround + size_of(fact);
    if (bytes > room_) {
      ++more_;
      return;
    }
    room_ -= bytes;
    Json& fields = deed_.detail[side];
    switch (fact.form) {
      case Fact::Form::clear:
        fields.set(name, fact.value);
        break;
      case Fact::Form::masked:
        fields.set(name, kMask);
        break;
      case Fact::Form::hashed:
        deed_.personal.push_back({{side, name}, fact.value.as_string()});
        break;
    }
  }

  Deed deed() && {
    if (more_ > 0) deed_.detail.set("more", more_);
    return std::move(deed_);
  }

 private:
  // Quotes, colon and comma.
  static constexpr std::size_t kAround = 6;
  static std::size_t size_of(const Fact& fact) {
    if (fact.form == Fact::Form::masked) return kMask.size();
    // {"hash":"64 digits"}
    return fact.form == Fact::Form::hashed ? 75 : fact.value.dump().size();
  }

  Deed deed_;
  std::size_t room_ = kDetailBytesMax;
  std::int64_t more_ = 0;
};

bool has(const Facts& facts, const std::string& name, const Fact& fact) {
  const auto at = facts.all().find(name);
  return at != facts.all().end() && at->second == fact;
}

void tell(Facts& out, const std::string& at, const Service& service) {
  out.tell(at + "image", service.image);
  if (service.autoscale)
    out.tell(at + "autoscale.min", service.autoscale->min)
        .tell(at + "autoscale.max", service.replicas)
        .tell(at + "autoscale.cpu", service.autoscale->cpu_percent);
  else
    out.tell(at + "replicas", service.replicas);
  if (service.port) out.tell(at + "port", *service.port);
  // A password on a command line is a mistake that people make.
  for (std::size_t i = 0; i < service.args.size(); ++i)
    out.mask(at + "args." + std::to_string(i), service.args[i]);
  for (const auto& [key, value] : service.env) out.mask(at + "env." + key, value);
  for (const auto& [key, secret] : service.secret_env)
    out.mask(at + "env." + key, "secret " + secret);
  const Resources& r = service.resources;
  out.tell(at + "cpu.limit", format_cpu_milli(r.cpu_milli_limit))
      .tell(at + "cpu.request", format_cpu_milli(r.cpu_milli_request))
      .tell(at + "memory.limit", format_bytes(r.memory_bytes_limit))
      .tell(at + "memory.request", format_bytes(r.memory_bytes_request));
  if (!service.health_path.empty()) {
    const std::string_view path = service.health_path;
    const std::size_t query = path.find('?');
    out.tell(at + "health_path", path.substr(0, query));
    if (query != std::string_view::npos) out.mask(at + "health_query", path.substr(query));
  }
  for (const Volume& volume : service.volumes)
    out.tell(at + "volumes." + volume.name,
             Json::object({{"path", volume.path}, {"size", format_bytes(volume.size_bytes)}}));
  for (const std::string& path : service.writable) out.tell(at + "writable." + path, true);
  if (service.run_as)
    out.tell(at + "run_as",
             Json::object({{"uid", service.run_as->uid}, {"gid", service.run_as->gid}}));
}

}  // namespace

Facts& Facts::add(Fact::Form form, std::string name, Json value) {
  all_.insert_or_assign(std::move(name), Fact{form, std::move(value)});
  return *this;
}

Facts& Facts::tell(std::string name, Json value) {
  return add(Fact::Form::clear, std::move(name), std::move(value));
}
Facts& Facts::mask(std::string name, std::string_view value) {
  return add(Fact::Form::masked, std::move(name), value);
}
Facts& Facts::hash(std::string name, std::string_view value) {
  return add(Fact::Form::hashed, std::move(name), value);
}

// Slugs are made of names, and a first organization has its founder's.
Facts facts(const Organization& org) {
  Facts out;
  if (org.egress) out.tell("egress", egress_line(*org.egress));
  return out.hash("name", org.name).hash("slug", org.slug).tell("plan", org.plan);
}

Facts facts(const NewOrganization& org) {
  Facts out;
  return out.hash("name", org.name).hash("slug", org.slug).tell("plan", org.plan);
}

Facts facts(const TeamRow& team) {
  Facts out;
  return out.hash("slug", team.slug).hash("name", team.name).hash("description", team.description);
}

Facts facts(std::string_view name, std::string_view template_name, const Workload& workload) {
  Facts out;
  out.tell("name", name).tell("exposure", ks::name(workload.exposure));
  if (!template_name.empty()) out.tell("template", template_name);
  if (!workload.ingress_service.empty()) out.tell("ingress_service", workload.ingress_service);
  for (const Service& service : workload.services)
    tell(out, "services." + service.name + ".", service);
  return out;
}

Facts facts(const DeploymentRow& row) { return facts(row.name, row.template_name, row.workload); }

Facts facts(const Invitation& invitation) {
  Facts out;
  out.hash("email", invitation.email)
      .tell("state", name(invitation.state))
      .tell("org_role", name(invitation.role))
      .tell("expires_at", rfc3339(invitation.expires_at))
      .tell("locale", name(invitation.locale));
  if (!invitation.reason.empty()) out.tell("reason", invitation.reason);
  if (invitation.answered_by) out.tell("member", invitation.answered_by->text());
  for (const Invitation::Part& part : invitation.parts)
    out.tell("teams." + part.team.str(), name(part.role));
  return out;
}

Deed created(Action action, Thing thing, const Facts& after) {
  Teller teller(action, std::move(thing));
  for (const auto& [name, fact] : after.all()) teller.put("after", name, fact);
  return std::move(teller).deed();
}

Deed removed(Action action, Thing thing, const Facts& before) {
  Teller teller(action, std::move(thing));
  for (const auto& [name, fact] : before.all()) teller.put("before", name, fact);
  return std::move(teller).deed();
}

Deed changed(Action action, Thing thing, const Facts& before, const Facts& after) {
  Teller teller(action, std::move(thing));
  teller.side("before");
  teller.side("after");
  // What is so now goes first into the room there is: what was before, an older row tells too.
  for (const auto& [name, fact] : after.all())
    if (!has(before, name, fact)) teller.put("after", name, fact);
  for (const auto& [name, fact] : before.all())
    if (!has(after, name, fact)) teller.put("before", name, fact);
  return std::move(teller).deed();
}

}  // namespace ks::app
