#include "operator/probe/telling.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace ks::op {

namespace {

constexpr std::string_view kFirst = "network-probe";

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

std::string_view name(ProbeRole role) {
  switch (role) {
    case ProbeRole::connector:
      return "connector";
    case ProbeRole::open:
      return "open";
    case ProbeRole::no_entry:
      return "no-entry";
    case ProbeRole::no_exit:
      return "no-exit";
  }
  return "connector";
}

std::string probe_greeting(std::string_view round) {
  return fmt::format("k8s-scheduler network probe {}\n", round);
}

bool ProbeTelling::is_denial(std::string_view word) {
  return word == "timeout" || word == "refused" || word == "unreachable";
}

bool ProbeTelling::got_through(std::string_view word) {
  return word == kAnswered || word == "closed" || word == "strange";
}

std::string ProbeTelling::text() const {
  return fmt::format("{} {} open={} no-entry={} no-exit={}", kFirst, round, open, no_entry,
                     no_exit);
}

std::optional<ProbeTelling> ProbeTelling::parse(std::string_view text) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() != 5 || words[0] != kFirst) return std::nullopt;
  ProbeTelling out;
  out.round = words[1];
  const auto take = [&](std::size_t i, std::string_view key, std::string& into) {
    if (!words[i].starts_with(key) || words[i].size() <= key.size() || words[i][key.size()] != '=')
      return false;
    into = words[i].substr(key.size() + 1);
    return is_word(into);
  };
  const bool whole = is_word(out.round) && take(2, "open", out.open) &&
                     take(3, "no-entry", out.no_entry) && take(4, "no-exit", out.no_exit);
  return whole ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace ks::op
