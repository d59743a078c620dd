#include "domain/latin.hpp"

#include <array>

#include "base/utf8.hpp"

namespace ks {

namespace {

// From a code point on: of each the letter below its marks, a space where it has none.
struct Block {
  char32_t first;
  std::string_view letters;
};
// Latin-1, Latin Extended-A, parts of B, Additional: the decompositions of Unicode, and those
// letters that have none and are written with a stroke or a hook through the letter that stands
// here.
constexpr std::array<Block, 4> kBlocks = {{
    {0xc0,
     "aaaa a ceeeeiiiidnoooo  ouuu y  aaaa a ceeeeiiiidnoooo  ouuu y y"
     "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii  jjkkklllllll"
     "lllnnnnnnnnnoooooo  rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"},
    {0x1cd, "aaiioouuuuuuuuuu"},
    {0x1f8, "nnaa    aaaaeeeeiiiioooorrrruuuusstt"},
    {0x1e00,
     "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
     "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
     "wwwwwwwwwwxxxxyyzzzzzzhtwy      aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
     "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy      "},
}};

struct Pair {
  char32_t point;
  std::string_view letters;
};
constexpr std::array<Pair, 16> kPairs = {{{0xc4, "ae"},
                                          {0xc6, "ae"},
                                          {0xd6, "oe"},
                                          {0xdc, "ue"},
                                          {0xde, "th"},
                                          {0xdf, "ss"},
                                          {0xe4, "ae"},
                                          {0xe6, "ae"},
                                          {0xf6, "oe"},
                                          {0xfc, "ue"},
                                          {0xfe, "th"},
                                          {0x132, "ij"},
                                          {0x133, "ij"},
                                          {0x152, "oe"},
                                          {0x153, "oe"},
                                          {0x1e9e, "ss"}}};

constexpr char32_t kTwoDots = 0x308;
constexpr bool is_mark(char32_t point) { return point >= 0x300 && point <= 0x36f; }
constexpr bool turns(char c) {
  return c == 'a' || c == 'o' || c == 'u' || c == 'A' || c == 'O' || c == 'U';
}

// Empty for what is no such letter.
std::string_view plain(char32_t point) {
  for (const Pair& one : kPairs)
    if (one.point == point) return one.letters;
  for (const Block& block : kBlocks) {
    if (point < block.first || point >= block.first + block.letters.size()) continue;
    const std::string_view letter = block.letters.substr(point - block.first, 1);
    return letter == " " ? std::string_view() : letter;
  }
  return {};
}

}  // namespace

std::string in_plain_latin(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t point = take_code_point(text);
    if (is_mark(point)) {
      if (point == kTwoDots && !out.empty() && turns(out.back())) out += 'e';
      continue;
    }
    const std::string_view letters = plain(point);
    out += letters.empty() ? before.substr(0, before.size() - text.size()) : letters;
  }
  return out;
}

}  // namespace ks
