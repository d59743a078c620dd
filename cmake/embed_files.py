"""Writes a C++ source that holds the given files as constants."""
import argparse
import pathlib

CHUNK = 8000  # characters in one literal; compilers promise at least 64 KiB in all


def literal(text: str) -> str:
    out = []
    for start in range(0, len(text), CHUNK):
        out.append('R"ks~(' + text[start:start + CHUNK] + ')ks~"')
    # With the suffix the compiler need not count the characters as a constant expression, which
    # clang gives up on for large files.
    return ("\n".join(out) or '""') + "sv"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    base = pathlib.Path(args.base)
    header = [
        "#pragma once",
        "#include <span>",
        "#include <string_view>",
        "namespace ks::embedded {",
        "struct %s_file { std::string_view path; std::string_view text; };" % args.name,
        "std::span<const %s_file> %s();" % (args.name, args.name),
        "}  // namespace ks::embedded",
    ]
    rows = []
    for name in sorted(args.files):
        path = pathlib.Path(name)
        rows.append('    {"%s", %s},' % (path.relative_to(base).as_posix(), literal(path.read_text())))
    source = [
        # The standard promises 64 KiB for a literal; our compilers take more.
        '#pragma GCC diagnostic ignored "-Woverlength-strings"',
        '#include "embedded/%s.hpp"' % args.name,
        "namespace ks::embedded {",
        "namespace {",
        "using namespace std::string_view_literals;",
        "constexpr %s_file kFiles[] = {" % args.name,
        *rows,
        "};",
        "}  // namespace",
        "std::span<const %s_file> %s() { return kFiles; }" % (args.name, args.name),
        "}  // namespace ks::embedded",
    ]
    (out / (args.name + ".hpp")).write_text("\n".join(header) + "\n")
    (out / (args.name + ".cpp")).write_text("\n".join(source) + "\n")


main()
