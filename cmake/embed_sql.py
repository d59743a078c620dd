"""Makes C++ of queries/*.sql: one typed constant a statement, and the table of all.

A statement is

    -- name: deployment_by_id
    -- rows: optional            none | one | optional | many
    -- scope: tenant             client | person | tenant | fleet
    SELECT ... WHERE d.client_id = :client AND d.org_id = :org AND d.id = :id;

and may have a second body for one engine, with the reason:

    -- variant: postgres
    -- why: ...
    SELECT ...;

What could leak another tenant's rows is refused with file and line.
"""
import argparse
import pathlib
import re
import sys

SCOPES = {"client": ["client"], "person": ["client", "user"], "tenant": ["client", "org"], "fleet": []}
ROWS = ["none", "one", "optional", "many"]
RESERVED = ["client", "user", "org"]
ENGINES = ["sqlite", "postgres"]


class Refused(Exception):
    pass


def refuse(place, why):
    raise Refused("%s: %s" % (place, why))


def tokens(body, place):
    """(kind, text) pairs: space, string, quoted, parameter, word, cast, other. Comments go."""
    pattern = re.compile(
        r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<string>'(?:[^']|'')*')|(?P<quoted>\"[^\"]*\")"
        r"|(?P<cast>::)|(?P<parameter>:[A-Za-z_][A-Za-z0-9_]*)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
        r"|(?P<number>[0-9]+)|(?P<space>\s+)|(?P<other>.)", re.S)
    out = []
    for match in pattern.finditer(body):
        kind, text = match.lastgroup, match.group()
        if kind == "comment":
            kind, text = "space", " "
        if kind == "other" and text in "?$@":
            refuse(place, "write parameters as :name, not with '%s'" % text)
        if kind == "other" and text in "'\"":
            refuse(place, "a quote is not closed")
        if kind == "string" and "\\" in text:
            refuse(place, "a backslash in a string means different things to the engines")
        if kind == "space":
            text = " "
            if out and out[-1][0] == "space":
                continue
        out.append((kind, text))
    while out and out[-1][0] == "space":
        out.pop()
    if out and out[-1] == ("other", ";"):
        out.pop()
    if ("other", ";") in out:
        refuse(place, "one statement only; found a second ';'")
    if not out:
        refuse(place, "the statement has no text")
    return out


def parameters(toks):
    seen = []
    for kind, text in toks:
        if kind == "parameter" and text[1:] not in seen:
            seen.append(text[1:])
    return seen


def plain(toks):
    """The text without strings, upper-case keywords apart, for the checks by pattern."""
    return "".join("''" if kind == "string" else text for kind, text in toks).strip()


def render(toks, numbers, mark):
    return "".join(mark + str(numbers[t[1:]]) if k == "parameter" else t for k, t in toks).strip()


def table_scopes(migrations):
    """Which scope each table has: the '-- scope:' line above its CREATE TABLE."""
    scopes = {}
    for path in migrations:
        scope = None
        for line in pathlib.Path(path).read_text().splitlines():
            match = re.match(r"--\s*scope:\s*(\w+)", line)
            if match:
                scope = match.group(1)
            match = re.match(r"CREATE TABLE\s+(\w+)", line)
            if match:
                if scope not in SCOPES:
                    refuse(path, "table %s has no '-- scope:' line" % match.group(1))
                scopes[match.group(1)] = scope
                scope = None
    return scopes


# What outlives an organization: the audit chain, and the row that holds its head.
OUTLIVES = {"audit", "organizations"}


def purge_statements(migrations, scopes):
    """One statement a table with rows of organizations that removes a batch of one's; what refers to
    a table comes before it. Made from the schema, so that no table is forgotten."""
    refers = {}
    owned = set()
    for path in migrations:
        text = pathlib.Path(path).read_text()
        for match in re.finditer(r"CREATE TABLE\s+(\w+)\s*\((.*?)\n\)", text, re.S):
            refers[match.group(1)] = set(re.findall(r"REFERENCES\s+(\w+)", match.group(2)))
            if re.search(r"^\s+org_id\b", match.group(2), re.M):
                owned.add(match.group(1))
    left = {t for t in scopes if (scopes[t] == "tenant" or t in owned) and t not in OUTLIVES}
    out = []
    while left:
        free = sorted(t for t in left if not any(t in refers[u] for u in left if u != t))
        if not free:
            refuse("migrations", "tables refer to each other in a circle: " + ", ".join(sorted(left)))
        out += free
        left -= set(free)

    def body(table, chosen):
        return ["DELETE FROM %s" % table, "WHERE client_id = :client AND org_id = :org",
                "  AND " + chosen % ("FROM %s AS x WHERE x.client_id = :client AND x.org_id = :org "
                                     "LIMIT CAST(:batch AS BIGINT)" % table)]

    return [{"name": "purge_" + table, "place": "purge of " + table, "short": "made from the schema",
             "rows": "none", "scope": "tenant", "variant": "postgres", "why": "rows are named by ctid",
             "bodies": {"main": body(table, "rowid IN (SELECT x.rowid %s)"),
                        "postgres": body(table, "ctid = ANY (ARRAY(SELECT x.ctid %s))")}}
            for table in out]


CLAUSES = {"WHERE", "SET", "ON", "USING", "VALUES", "SELECT", "LEFT", "RIGHT", "INNER", "OUTER", "CROSS",
           "JOIN", "ORDER", "GROUP", "LIMIT", "RETURNING", "DEFAULT", "FOR", "UNION", "NATURAL", "HAVING"}


def check_tables(statement, toks, scopes, place):
    text = plain(toks)
    used = []
    for match in re.finditer(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+AS\s+(\w+)|\s+(\w+))?", text, re.I):
        table, alias, bare = match.groups()
        if table not in scopes:
            continue
        if alias is None and bare is not None and bare.upper() not in CLAUSES:
            refuse(place, "write an alias with AS: %s AS %s" % (table, bare))
        used.append((table, alias))
    if re.search(r"\bFROM\s+\w+(?:\s+AS\s+\w+)?\s*,", text, re.I):
        refuse(place, "write JOIN, not a list of tables")
    if statement["scope"] == "fleet":
        return
    keyed = [(t, a) for t, a in used if scopes[t] != "fleet"]
    for table, alias in used:
        if scopes[table] == "fleet":
            refuse(place, "table %s opens to fleet statements only" % table)
    parts = {"client_id": keyed}
    if statement["scope"] == "tenant":
        # An organization's own row is named by id.
        parts["org_id"] = [(t, a) for t, a in keyed if scopes[t] == "tenant" and t != "organizations"]
    for column, tables in parts.items():
        if len(re.findall(r"\b%s\b" % column, text)) < len(tables):
            refuse(place, "%s is not named for each of its tables (%s)"
                   % (column, ", ".join(t for t, _ in tables)))
        for table, alias in tables:
            if alias and not re.search(r"\b%s\.%s\b" % (alias, column), text):
                refuse(place, "%s AS %s is not bound by %s.%s" % (table, alias, alias, column))


def check(statement, toks, scopes, place):
    text = plain(toks)
    if re.search(r"\b(SELECT|RETURNING|DISTINCT)\s+\*", text, re.I) or re.search(r"\b\w+\.\*", text):
        refuse(place, "name the columns instead of '*'")
    names = parameters(toks)
    required = SCOPES[statement["scope"]]
    for name in required:
        if name not in names:
            refuse(place, "a %s statement must use :%s" % (statement["scope"], name))
    if statement["scope"] != "fleet":
        for name in RESERVED:
            if name in names and name not in required:
                refuse(place, ":%s belongs to another scope; a %s statement has %s" % (
                    name, statement["scope"], " and ".join(":" + r for r in required)))
    first = text.split(None, 1)[0].upper()
    returns = re.search(r"\bRETURNING\b", text, re.I) is not None
    if first == "SELECT" and statement["rows"] == "none":
        refuse(place, "a SELECT gives rows")
    if first in ("INSERT", "UPDATE", "DELETE") and returns != (statement["rows"] != "none"):
        refuse(place, "rows: none goes with a change without RETURNING, and only with it")
    if first not in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
        refuse(place, "a statement starts with SELECT, INSERT, UPDATE, DELETE or WITH")
    check_tables(statement, toks, scopes, place)


def parse(path):
    """The statements of a file, as dictionaries with the bodies' text."""
    out = []
    current = None
    body = None

    def close():
        if current is None:
            return
        for key in ("rows", "scope"):
            if key not in current:
                refuse(current["place"], "'-- %s:' is missing" % key)
        if current.get("variant") and "why" not in current:
            refuse(current["place"], "a variant needs a '-- why:' line")
        out.append(current)

    for number, line in enumerate(path.read_text().splitlines(), 1):
        place = "%s:%d" % (path, number)
        match = re.match(r"--\s*(name|rows|scope|variant|why)\s*:\s*(.*?)\s*$", line)
        if match is None:
            if line.strip() and not line.lstrip().startswith("--"):
                if current is None:
                    refuse(place, "text before the first '-- name:'")
            if current is not None:
                body.append(line)
            continue
        key, value = match.groups()
        if key == "name":
            close()
            if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
                refuse(place, "a name is lower case with underscores")
            body = []
            current = {"name": value, "place": place, "bodies": {"main": body},
                       "short": "%s:%d" % (path.name, number)}
            continue
        if current is None:
            refuse(place, "'-- %s:' before the first '-- name:'" % key)
        if key == "why":
            if "variant" not in current:
                refuse(place, "'-- why:' goes with a '-- variant:'")
            current["why"] = value
            continue
        if key in current:
            refuse(place, "'-- %s:' twice" % key)
        if key == "variant":
            if value not in ENGINES:
                refuse(place, "unknown engine '%s'" % value)
            body = []
            current["bodies"][value] = body
        elif key == "rows" and value not in ROWS:
            refuse(place, "rows are one of " + ", ".join(ROWS))
        elif key == "scope" and value not in SCOPES:
            refuse(place, "a scope is one of " + ", ".join(SCOPES))
        current[key] = value
    close()
    return out


def compile_statement(statement, scopes):
    place = statement["place"]
    bodies = {k: tokens("\n".join(v), place) for k, v in statement["bodies"].items()}
    for toks in bodies.values():
        check(statement, toks, scopes, place)
    required = SCOPES[statement["scope"]]
    own = [n for n in parameters(bodies["main"]) if n not in required]
    for engine, toks in bodies.items():
        if sorted(parameters(toks)) != sorted(required + own):
            refuse(place, "the %s variant has other parameters" % engine)
    numbers = {name: i + 1 for i, name in enumerate(required + own)}
    statement["own"] = own
    statement["parameters"] = required + own
    statement["sqlite"] = render(bodies.get("sqlite", bodies["main"]), numbers, "?")
    statement["postgres"] = render(bodies.get("postgres", bodies["main"]), numbers, "$")


def write(statements, purge, out):
    header = [
        "#pragma once",
        '#include "sql/driver/statement.hpp"',
        "namespace ks::sql {",
        "namespace texts {",
        *["extern const StatementText %s;" % s["name"] for s in statements],
        "}  // namespace texts",
        "namespace q {",
    ]
    for s in statements:
        header.append("// %s (%s)" % (s["short"], ", ".join(s["own"])))
        header.append("inline constexpr Statement<Scope::%s, Rows::%s, %d> %s{&texts::%s};"
                      % (s["scope"], s["rows"], len(s["own"]), s["name"], s["name"]))
    header += ["}  // namespace q",
               "// Removes a batch of an organization's rows from each table, in an order that works.",
               "std::span<const Statement<Scope::tenant, Rows::none, 1>> purge_statements();",
               "}  // namespace ks::sql"]
    source = [
        '#include "sql/statements.hpp"',
        "namespace ks::sql {",
        "namespace texts {",
    ]
    for s in statements:
        names = ", ".join('"%s"' % p for p in s["parameters"])
        array = "{}"
        if s["parameters"]:
            source.append("static constexpr std::string_view %s_parameters[] = {%s};" % (s["name"], names))
            array = s["name"] + "_parameters"
        source.append('const StatementText %s{"%s", Scope::%s, Rows::%s,\n    R"ks~(%s)ks~",\n    R"ks~(%s)ks~",\n'
                      '    %s, "%s"};' % (s["name"], s["name"], s["scope"], s["rows"], s["sqlite"],
                                          s["postgres"], array, s["short"]))
    source += ["}  // namespace texts", "std::span<const StatementText* const> all_statements() {"]
    if statements:
        source.append("  static constexpr const StatementText* kAll[] = {")
        source += ["      &texts::%s," % s["name"] for s in statements]
        source += ["  };", "  return kAll;"]
    else:
        source.append("  return {};")
    source += ["}", "std::span<const Statement<Scope::tenant, Rows::none, 1>> purge_statements() {"]
    if purge:
        source.append("  static constexpr Statement<Scope::tenant, Rows::none, 1> kPurge[] = {")
        source += ["      q::%s," % name for name in purge]
        source += ["  };", "  return kPurge;"]
    else:
        source.append("  return {};")
    source += ["}", "}  // namespace ks::sql"]
    out.mkdir(parents=True, exist_ok=True)
    for name, lines in (("statements.hpp", header), ("statements.cpp", source)):
        text = "\n".join(lines) + "\n"
        path = out / name
        # Untouched when nothing changed, so that what includes it is not compiled again.
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("--migrations", nargs="*", default=[], help="sqlite.sql files, oldest first")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    try:
        scopes = table_scopes(args.migrations)
        statements = []
        places = {}
        for name in sorted(args.files):
            for statement in parse(pathlib.Path(name)):
                if statement["name"] in places:
                    refuse(statement["place"], "'%s' is already the name of %s"
                           % (statement["name"], places[statement["name"]]))
                places[statement["name"]] = statement["place"]
                compile_statement(statement, scopes)
                statements.append(statement)
        purge = purge_statements(args.migrations, scopes)
        for statement in purge:
            compile_statement(statement, scopes)
            statements.append(statement)
    except Refused as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
    write(sorted(statements, key=lambda s: s["name"]), [s["name"] for s in purge],
          pathlib.Path(args.out))


main()
