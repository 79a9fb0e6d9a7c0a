"""What goes through Redis, as text: ratios to the textbook server, the bus's threads, the round trip."""

from statistics import median

from report import Runs, amount, ratio_text, ratios, spread, table
from servers import TEXTBOOK
from workloads import Workload


def fan_outs(runs: Runs, workloads: list[Workload]) -> str:
    rows = [["through Redis, per server CPU-second", "fanwire", TEXTBOOK, "ratio", "goal"]]
    for workload in workloads:
        if workload.through != "redis" or workload.is_latency:
            continue
        cells = [amount(runs, workload, server) for server in ("fanwire", TEXTBOOK)]
        ratio = ratio_text(ratios(runs, workload, "fanwire", TEXTBOOK))
        rows.append([workload.title, *cells, ratio, f"≥ {workload.goal:.1f}"])
    return table(rows) if len(rows) > 1 else ""


def bus_threads(runs: Runs, workloads: list[Workload]) -> str:
    rows = [["two instances, messages per bus-thread CPU-second", "publishing", "delivering", "goal"]]
    for workload in workloads:
        if workload.through != "two instances" or workload.is_latency:
            continue
        of_threads = (run.get("messages_per_thread_cpu_s") for run in runs.get((workload.key, "fanwire"), []))
        found = [sides for sides in of_threads if sides]
        if not found:
            continue
        sides = zip(*found, strict=True)
        cells = [f"{median(side) / 1000:,.0f} k ±{spread(list(side)):.0%}" for side in sides]
        rows.append([workload.title, *cells, f"≥ {(workload.goal or 0) / 1000:,.0f} k"])
    return table(rows) if len(rows) > 1 else ""


def round_trips(runs: Runs, workloads: list[Workload]) -> str:
    """What Redis adds, against the bus in memory at the same rate."""
    trips = {w.through: w for w in workloads if w.only_fanwire and w.is_latency}
    rows = [["fanwire, µs", "p50", "p99", "added p50", "added p99"]]
    local: list[float] = []
    for through, workload in trips.items():
        found = [run for run in runs.get((workload.key, "fanwire"), []) if "p50_us" in run]
        if not found:
            continue
        here = [median(run[name] for run in found) for name in ("p50_us", "p99_us")]
        added = [f"{one - base:,.0f}" for one, base in zip(here, local, strict=False)] or ["–", "–"]
        rows.append([f"{workload.title}, {through}", *(f"{one:,.0f}" for one in here), *added])
        if through == "memory":
            local = here
    return table(rows) if len(rows) > 1 else ""


def text(runs: Runs, workloads: list[Workload]) -> str:
    parts = [fan_outs(runs, workloads), bus_threads(runs, workloads), round_trips(runs, workloads)]
    return "\n\n".join(part for part in parts if part)
