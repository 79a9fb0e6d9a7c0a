"""Compares the public C++ headers, the Python package and its native module with api.json."""

import dataclasses
import inspect
import json
import re
from pathlib import Path
from typing import Any, get_type_hints

import fanwire
import pytest
from fanwire import _native
from fanwire.errors import ERRORS
from fanwire.options import ServerOptions

ROOT = Path(__file__).resolve().parents[2]
HEADERS = ROOT / "core" / "include" / "fanwire"
API = json.loads((ROOT / "tests" / "parity" / "api.json").read_text())

# What Python has besides: names for types, and the class that all errors share.
ONLY_PYTHON = {
    "ABSENT",
    "Absent",
    "ConnectDecision",
    "FanwireError",
    "JoinDecision",
    "MessageDecision",
    "ServerOptions",
    "__version__",
}


def entry(item: str | dict[str, Any]) -> dict[str, Any]:
    return {"name": item} if isinstance(item, str) else item


def names(items: list[Any], language: str) -> list[str]:
    """What the items are called in a language, those that are there."""
    given = [entry(item) for item in items]
    return [item.get(language, item["name"]) for item in given if item.get(language, "") is not None]


def type_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def all_items(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [item for part in value for item in all_items(part)]
    if isinstance(value, dict):
        return [value, *(item for part in value.values() for item in all_items(part))]
    return []


def test_every_exception_has_a_reason():
    for item in all_items(API):
        if item.keys() & {"cpp", "python", "node"}:
            assert item.get("why"), item


def test_no_name_stands_twice():
    for section in ("options", "methods", "hooks", "errors", "stats"):
        listed = [entry(item)["name"] for item in API[section]]
        assert len(listed) == len(set(listed))


# C++


def body_of(header: str, start: str) -> str:
    """The text between the braces that follow `start`, without comments and what stands in braces itself."""
    text = re.sub(r"//.*", "", (HEADERS / header).read_text())
    at = text.index("{", text.index(start)) + 1
    depth, body = 1, ""
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        body += text[at] if depth == 1 else ""
        at += 1
    return body


def members(header: str, struct: str) -> list[str]:
    statements = re.sub(r"=[^;]*|}", "", body_of(header, f"struct {struct} {{")).split(";")
    return [statement.split()[-1] for statement in statements if statement.split() and "(" not in statement]


def functions(header: str, struct: str) -> list[str]:
    return re.findall(r"std::function<[^;]*>\s+(\w+);", body_of(header, f"struct {struct} {{"))


def enumerators(header: str, enum: str) -> list[str]:
    return re.findall(r"^\s*(\w+)\s*(?:=\s*\d+)?\s*,", body_of(header, f"enum class {enum}"), re.MULTILINE)


def test_options_of_cpp():
    assert set(members("options.hpp", "options")) == set(names(API["options"], "cpp"))


def test_option_table_of_cpp():
    table = [(option["name"], option["kind"]) for option in _native.option_table()]
    assert table == [(item["name"], item["kind"]) for item in API["options"] if item["kind"] != "function"]


def test_methods_of_cpp():
    public = body_of("server.hpp", "class server {").split("private:")[0]
    public = re.sub(r"using [^;]*;|operator=[^;]*;", "", public)
    declared = re.findall(r"(?<![~\w:])(\w+)\s*\(", public)
    assert list(dict.fromkeys(name for name in declared if name != "server")) == names(API["methods"], "cpp")


def test_hooks_of_cpp():
    assert functions("hooks.hpp", "hooks") == names(API["hooks"], "cpp")


@pytest.mark.parametrize("request_name", API["requests"])
def test_requests_of_cpp(request_name):
    header = "bus_state.hpp" if request_name == "bus_state_notice" else "hooks.hpp"
    assert members(header, request_name) == names(API["requests"][request_name], "cpp")


@pytest.mark.parametrize("decision", API["decisions"])
def test_decisions_of_cpp(decision):
    found = members("hooks.hpp", decision)
    if found == ["fields"]:
        found = members("message.hpp", "message_fields")
    assert found == names(API["decisions"][decision], "cpp")


def test_results_of_cpp():
    assert members("message.hpp", "publish_result") == names(API["results"]["publish_result"], "cpp")
    assert enumerators("message.hpp", "send_result") == names(API["results"]["send_result"], "cpp")
    assert enumerators("bus_state.hpp", "bus_state") == names(API["results"]["bus_state"], "cpp")


def test_errors_of_cpp():
    assert enumerators("error.hpp", "errc") == names(API["errors"], "cpp")
    assert _native.error_names() == names(API["errors"], "cpp")


def test_close_codes_of_cpp():
    found = re.findall(r"(\w+) = (\d+)", body_of("close_code.hpp", "enum class close_code"))
    assert {name: int(value) for name, value in found} == API["close_codes"]


def test_stats_of_cpp():
    assert members("stats.hpp", "stats") == names(API["stats"], "cpp")


# Python

PYTHON_KINDS = {
    "text": "<class 'str'>",
    "text_list": "collections.abc.Sequence[str]",
    "flag": "<class 'bool'>",
    "number": "<class 'int'>",
    "bytes": "<class 'int'>",
    "duration": "<class 'float'>",
}


def public(of: object) -> set[str]:
    return {name for name in dir(of) if not name.startswith("_")}


def test_options_of_python():
    expected = {
        item["name"]: PYTHON_KINDS[item["kind"]]
        for item in API["options"]
        if item["name"] in names([item], "python")
    }
    found = {name: str(hint) for name, hint in get_type_hints(ServerOptions).items()}
    assert found == expected


def test_methods_and_hooks_of_python():
    assert public(fanwire.Server) == {*names(API["methods"], "python"), *names(API["hooks"], "python")}


@pytest.mark.parametrize(
    "method", [m for m in API["methods"] if names([m], "python")], ids=lambda m: m["name"]
)
def test_arguments_of_python(method):
    attribute = inspect.getattr_static(fanwire.Server, method["name"])
    if isinstance(attribute, property):
        assert method["arguments"] == []
    else:
        assert list(inspect.signature(attribute).parameters)[1:] == names(method["arguments"], "python")


@pytest.mark.parametrize("request_name", API["requests"])
def test_requests_of_python(request_name):
    assert public(getattr(fanwire, type_name(request_name))) == set(
        names(API["requests"][request_name], "python")
    )


@pytest.mark.parametrize("decision", API["decisions"])
def test_decisions_of_python(decision):
    fields = dataclasses.fields(getattr(fanwire, type_name(decision)))
    assert [field.name for field in fields] == names(API["decisions"][decision], "python")


def test_each_hook_names_its_request_and_decisions():
    for hook in API["hooks"]:
        assert hook["request"] in API["requests"]
        assert set(hook["decisions"]) <= set(API["decisions"])


def test_results_of_python():
    assert list(fanwire.PublishResult._fields) == names(API["results"]["publish_result"], "python")
    assert [member.value for member in fanwire.SendResult] == names(API["results"]["send_result"], "python")
    assert [member.value for member in fanwire.BusState] == names(API["results"]["bus_state"], "python")


def test_errors_of_python():
    expected = names(API["errors"], "python")
    assert list(ERRORS) == expected
    for code in expected:
        kind = getattr(fanwire, f"{type_name(code)}Error")
        assert kind is ERRORS[code]
        assert kind.code == code
        assert code in (fanwire.errors.__doc__ or "") and kind.__name__ in (fanwire.errors.__doc__ or "")


def test_close_codes_of_python():
    assert {code.name.lower(): code.value for code in fanwire.CloseCode} == API["close_codes"]


def test_stats_of_python():
    expected = names(API["stats"], "python")
    assert [field.name for field in dataclasses.fields(fanwire.Stats)] == expected
    with fanwire.Server(port=0) as server:
        assert server.stats() == fanwire.Stats()


def test_nothing_of_python_is_unlisted():
    listed = {
        "Server",
        "CloseCode",
        "Stats",
        *(type_name(name) for section in ("requests", "decisions", "results") for name in API[section]),
        *(f"{type_name(code)}Error" for code in names(API["errors"], "python")),
    }
    assert set(fanwire.__all__) == listed | ONLY_PYTHON
