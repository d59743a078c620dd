#pragma once

#include <cstddef>

namespace ks {

// Raises how many files this process may have open to what the system lets it have, and says how
// many that are.
std::size_t raise_descriptors();

// Clients' connections that leave the database, the cluster and the logs their files.
std::size_t connections_within(std::size_t descriptors);

}  // namespace ks
