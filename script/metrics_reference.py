#!/usr/bin/env python3
"""Writes docs/reference/metrics.md from what a server of the development build says at /metrics.

Usage: PYTHONPATH=build/dev/python build/venv/bin/python script/metrics_reference.py
"""

import asyncio
import re
import urllib.request
from pathlib import Path

import fanwire
from prometheus_client.parser import text_string_to_metric_families

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "metrics.md"
BEGIN, END = "<!-- made by script/metrics_reference.py -->\n", "<!-- end -->\n"


def table_of(exposition: str) -> str:
    """The metrics of an exposition, as a table."""
    counters = set(re.findall(r"^# TYPE (\S+) counter$", exposition, re.MULTILINE))
    lines = ["| metric | type | label | what it says |", "|---|---|---|---|"]
    for family in text_string_to_metric_families(exposition):
        name = f"{family.name}_total" if f"{family.name}_total" in counters else family.name
        labels: dict[str, list[str]] = {}
        for sample in family.samples:
            for label, value in sample.labels.items():
                labels.setdefault(label, []).append(value)
        cells = "; ".join(
            f"`{label}`: {', '.join(f'`{value}`' for value in values)}" for label, values in labels.items()
        )
        lines.append(f"| `{name}` | {family.type} | {cells} | {family.documentation} |")
    return "\n".join(lines) + "\n"


def page_with(page: str, table: str) -> str:
    head, rest = page.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{table}\n{END}{tail}"


async def exposition() -> str:
    async with fanwire.Server(port=0, metrics="loopback") as server:
        url = server.url.replace("ws", "http", 1) + "metrics"
        answer: bytes = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read())
    return answer.decode()


def main() -> None:
    PAGE.write_text(page_with(PAGE.read_text(), table_of(asyncio.run(exposition()))))


if __name__ == "__main__":
    main()
