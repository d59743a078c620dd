#include "operator/config.hpp"

#include <doctest/doctest.h>

using namespace ks;
using namespace ks::op;

TEST_CASE("INGRESS_FROM takes namespaces, pods of a namespace and addresses") {
  const auto peers = parse_ingress_from(
      "namespace=ingress-nginx, namespace=edge/app.kubernetes.io/name=traefik,"
      "192.0.2.0/24,2001:db8::/32");
  REQUIRE(peers);
  REQUIRE(peers->size() == 4);
  CHECK((*peers)[0].namespace_labels.at("kubernetes.io/metadata.name") == "ingress-nginx");
  CHECK((*peers)[0].pod_labels.empty());
  CHECK((*peers)[1].pod_labels.at("app.kubernetes.io/name") == "traefik");
  CHECK((*peers)[2].cidr == "192.0.2.0/24");
  CHECK((*peers)[3].cidr == "2001:db8::/32");
}

TEST_CASE("what is no peer is refused, since an empty one would open everything") {
  for (const char* text : {"namespace=", "ingress-nginx", "namespace=a/b", "namespace=a/=c",
                           "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0", "::/129", "namespace=a b"})
    CHECK_MESSAGE(!parse_ingress_from(text), text);
  CHECK(parse_ingress_from("")->empty());
}

TEST_CASE("DNS_SELECTOR names a namespace and a label") {
  const auto dns = parse_dns_selector("kube-system/k8s-app=kube-dns");
  REQUIRE(dns);
  CHECK(*dns == OperatorConfig{}.dns);
  CHECK_FALSE(parse_dns_selector(""));
  CHECK_FALSE(parse_dns_selector("kube-system/x"));
}

TEST_CASE("DEDICATED_NODES is a label and its value, in which an organization may stand") {
  const std::string org = "01890000-0000-7000-8000-000000000001";
  const auto pool = parse_node_pool(" example.com/pool=dedicated ");
  REQUIRE(pool);
  CHECK(**pool == NodePool{"example.com/pool", "dedicated"});
  CHECK((*pool)->of(org) == **pool);
  CHECK((*parse_node_pool("org=o-{orgId}"))->of(org) == NodePool{"org", "o-" + org});
  CHECK_FALSE(*parse_node_pool(""));
  for (const char* text :
       {"pool", "=x", "pool=", "a/b/c=x", "pool=a b", "pool={teamId}", "p=x,q=y",
        "pool={orgId}{orgId}", "pool=x=y", "pool={orgId}-0123456789012345678901234567"})
    CHECK_MESSAGE(!parse_node_pool(text), text);
}

TEST_CASE("USER_NAMESPACES is off, on, or what the nodes can") {
  CHECK(OperatorConfig{}.user_namespaces == UserNamespaces::never);
  CHECK(*parse_user_namespaces("false") == UserNamespaces::never);
  CHECK(*parse_user_namespaces("true") == UserNamespaces::always);
  CHECK(*parse_user_namespaces("auto") == UserNamespaces::auto_);
  for (const char* text : {"", "yes", "Auto"}) CHECK_MESSAGE(!parse_user_namespaces(text), text);
}

TEST_CASE("NETWORK_PROBE_IMAGE is an image or nothing") {
  CHECK(parse_probe_image("")->empty());
  CHECK(*parse_probe_image(" registry.example.com/k8s-scheduler:1.2 ") ==
        "registry.example.com/k8s-scheduler:1.2");
  for (const char* text : {"Registry/UPPER", "a b", "image:", "-"})
    CHECK_MESSAGE(!parse_probe_image(text), text);
}

TEST_CASE("CIDRs are network addresses of either family") {
  CHECK(parse_cidrs("10.0.0.0/8, fd00::/8")->size() == 2);
  CHECK(parse_cidrs("")->empty());
  for (const char* text : {"10.0.0.1/8", "x", "10.0.0.0/-1", "10.0.0.0/8x", "fd00::1/8"})
    CHECK_MESSAGE(!parse_cidrs(text), text);
}
