#include "domain/ids.hpp"

namespace ks {

ClientId platform_client() {
  static const ClientId kId = *ClientId::parse("00000000-0000-7000-8000-000000000001");
  return kId;
}

}  // namespace ks
