"""Medians, spreads and ratios of what was measured, as text."""

from collections.abc import Iterable
from math import exp, log
from statistics import median
from typing import Any

from workloads import Workload

Runs = dict[tuple[str, str], list[dict[str, Any]]]
"""(workload, server) → the load generator's answers, one a round."""

UWEBSOCKETS = ("bun", "socketify")


def figure(workload: Workload) -> str:
    return "bytes_per_connection" if workload.is_idle else "deliveries_per_cpu_s"


def by_round(runs: Runs, workload: Workload, server: str) -> dict[int, float]:
    name = figure(workload)
    return {run["round"]: run[name] for run in runs.get((workload.key, server), []) if name in run}


def values(runs: Runs, workload: Workload, server: str) -> list[float]:
    return list(by_round(runs, workload, server).values())


def spread(found: list[float]) -> float:
    """Half the way from the least to the most, against the median."""
    middle = median(found)
    return (max(found) - min(found)) / 2 / middle if middle else 0.0


def ratios(runs: Runs, workload: Workload, one: str, other: str) -> list[float]:
    """Round by round, so that what disturbs the machine for a while disturbs both sides of a ratio."""
    ones, others = by_round(runs, workload, one), by_round(runs, workload, other)
    return [ones[turn] / others[turn] for turn in ones if others.get(turn, 0) > 0]


def faster_uwebsockets(runs: Runs, workloads: Iterable[Workload]) -> tuple[str, float] | None:
    """The peer to be measured against, and by how much it leads over the fan-out workloads."""
    logs = []
    for workload in workloads:
        if "--members" in workload.options and not workload.is_idle and not workload.is_latency:
            logs += [log(ratio) for ratio in ratios(runs, workload, *UWEBSOCKETS)]
    if not logs:
        return None
    lead = exp(sum(logs) / len(logs))
    return (UWEBSOCKETS[0], lead) if lead >= 1 else (UWEBSOCKETS[1], 1 / lead)


def table(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def amount(runs: Runs, workload: Workload, server: str) -> str:
    found = values(runs, workload, server)
    if not found:
        return "–"
    unit = f"{median(found):,.0f} B" if workload.is_idle else f"{median(found) / 1000:,.0f} k"
    return f"{unit} ±{spread(found):.0%}"


def ratio_text(found: list[float]) -> str:
    if not found:
        return "–"
    return f"{median(found):.2f} ({min(found):.2f}–{max(found):.2f})"


def amounts(runs: Runs, workloads: list[Workload], servers: list[str]) -> str:
    rows = [["per server CPU-second", *servers]]
    rows += [
        [w.title, *(amount(runs, w, server) for server in servers)] for w in workloads if not w.is_latency
    ]
    return table(rows)


def comparison(runs: Runs, workloads: list[Workload], servers: list[str]) -> str:
    """fanwire against each peer; empty without fanwire or without peers."""
    others = [server for server in servers if server != "fanwire"]
    if "fanwire" not in servers or not others:
        return ""
    rows = [["fanwire / peer", *others, "≈ uWebSockets C++", "goal"]]
    for workload in workloads:
        if workload.is_latency:
            continue
        against_bun = ratios(runs, workload, "fanwire", "bun")
        estimate, goal = "–", "–"
        if workload.bun_share and against_bun:
            estimate = f"{median(against_bun) * workload.bun_share:.2f}"
        if workload.goal:
            goal = f"≤ {workload.goal:,.0f} B" if workload.is_idle else f"≥ {workload.goal:.1f}"
        cells = [ratio_text(ratios(runs, workload, "fanwire", other)) for other in others]
        rows.append([workload.title, *cells, estimate, goal])
    return table(rows)


def latencies(runs: Runs, workloads: list[Workload], servers: list[str]) -> str:
    rows = [["p50 / p99, µs", *servers]]
    for workload in workloads:
        if workload.is_idle:
            continue
        cells = []
        for server in servers:
            found = [run for run in runs.get((workload.key, server), []) if "p50_us" in run]
            halves = [median(run[name] for run in found) for name in ("p50_us", "p99_us")] if found else []
            cells.append(" / ".join(f"{half:,.0f}" for half in halves) or "–")
        rows.append([workload.title, *cells])
    return table(rows) if len(rows) > 1 else ""


def text(runs: Runs, workloads: list[Workload], servers: list[str]) -> str:
    parts = [
        amounts(runs, workloads, servers),
        comparison(runs, workloads, servers),
        latencies(runs, workloads, servers),
    ]
    found = faster_uwebsockets(runs, workloads)
    if found:
        parts.append(f"The faster uWebSockets peer at fan-out is {found[0]} (by a factor of {found[1]:.2f}).")
    return "\n\n".join(part for part in parts if part)
