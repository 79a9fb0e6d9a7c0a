#!/usr/bin/env python3
"""Checks who includes whom (DESIGN's table), how long files are, and that the version is stated once."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "core" / "src"

# Folder of core/src -> what it may include besides itself and the public API: folders, or single files.
MAY_INCLUDE = {
    "base": set(),
    "protocol": {"base"},
    "protocol/*": {"base", "protocol"},
    "room": {"base"},
    "bus": {"base"},
    "bus/*": {"base", "bus"},
    "store": {"base"},
    "store/*": {"base", "store"},
    "net": {"base"},
    "engine": {"base", "protocol", "room", "bus", "store", "net/connection.hpp"},
    "server": None,  # everything
}
SOCKETS = {"net", "bus/redis", "store/redis", "server"}
# Other people's, or the outside world -> where it may be named: a folder, or a file without its suffix.
FOREIGN = [
    (r"boost/|openssl/|zlib\.h|sys/|netinet/|arpa/|poll\.h|unistd\.h|fcntl\.h", SOCKETS),
    (r"thread$|mutex$|shared_mutex$|condition_variable$|future$|pthread\.h|signal\.h|csignal", SOCKETS),
    (r"nlohmann/", {"protocol/json"}),
    (r"hiredis", {"bus/redis/resp_reader"}),
]
NOT_IN_BINDINGS = re.compile(r"boost/|nlohmann/|openssl/|hiredis")
CLOCK = re.compile(r"(steady|system|high_resolution)_clock::now")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)')
LINES, TEST_LINES = 500, 800
SUFFIXES = {".cpp", ".hpp", ".py", ".js", ".mjs", ".cjs", ".ts", ".css", ".html", ".cmake"}
TREES = ("core", "bindings", "python", "node", "tests", "script", "cmake", "examples")


def core_fault(folder: str, stem: str, quoted: bool, name: str) -> str | None:
    if not quoted:
        strays = any(re.match(p, name) and not homes & {folder, f"{folder}/{stem}"} for p, homes in FOREIGN)
        return f"{folder}/ may not include <{name}>" if strays else None
    target = str(Path(name).parent)
    allowed = MAY_INCLUDE.get(folder, MAY_INCLUDE.get(f"{folder.split('/')[0]}/*", set()))
    fits = allowed is None or target == folder or target in allowed or name in allowed
    return None if fits else f'{folder}/ may not include "{name}"'


def fault(path: Path, quoted: bool, name: str) -> str | None:
    """Why this file may not include `name`, or None."""
    if name.startswith("fanwire/"):
        return "public headers are included with <>" if quoted else None
    if path.is_relative_to(CORE):
        return core_fault(str(path.parent.relative_to(CORE)), path.stem, quoted, name)
    if path.is_relative_to(ROOT / "core" / "include"):
        return "public headers include the standard library only" if re.search(r"[/.]", name) else None
    if path.is_relative_to(ROOT / "bindings") and ((quoted and "/" in name) or NOT_IN_BINDINGS.match(name)):
        return f"bindings may not include {name}: they see the public API and their host"
    return None


def check(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    limit = TEST_LINES if path.is_relative_to(ROOT / "tests") else LINES
    faults = [f"{limit + 1}: longer than {limit} lines ({len(lines)})"] if len(lines) > limit else []
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        faults.append("1: no #pragma once")
    if path.suffix in {".cpp", ".hpp"}:
        timeless = path.is_relative_to(CORE) and str(path.parent.relative_to(CORE)) not in SOCKETS | {"base"}
        for number, line in enumerate(lines, 1):
            found = INCLUDE.match(line)
            if found and (why := fault(path, found[1] == '"', found[2])):
                faults.append(f"{number}: {why}")
            if timeless and CLOCK.search(line):
                faults.append(f"{number}: time comes in as `now` here")
    return [f"{path.relative_to(ROOT)}:{text}" for text in faults]


def main() -> int:
    files = [p for t in TREES for p in sorted((ROOT / t).rglob("*")) if p.suffix in SUFFIXES and p.is_file()]
    faults = [text for path in files if "node_modules" not in path.parts for text in check(path)]
    stated = re.findall(r"project\(fanwire VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())
    package = ROOT / "package.json"
    if package.exists() and json.loads(package.read_text()).get("version") != stated[0]:
        faults.append(f"package.json:1: its version is not CMakeLists.txt's {stated[0]}")
    print("\n".join([*faults, f"{len(files)} files checked, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
