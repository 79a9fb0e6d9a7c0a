"""What is measured, and the goals that PERF set for it."""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Workload:
    key: str
    title: str
    options: tuple[str, ...]
    """Of the load generator."""
    goal: float | None = None
    """Least ratio to uWebSockets in C++, through Redis to the textbook server; for memory the most bytes; for
    two instances the messages for each CPU-second of a bus thread."""
    bun_share: float | None = None
    """Of uWebSockets in C++, as it was measured once: fanwire / uWebSockets is fanwire / bun times this."""
    raw: bool = False
    through: Literal["memory", "redis", "two instances"] = "memory"
    """What carries messages: the server's memory, Redis, or Redis from one instance to another."""
    only_fanwire: bool = False
    is_quick: bool = True

    @property
    def is_idle(self) -> bool:
        return "idle" in self.options

    @property
    def is_latency(self) -> bool:
        return "--rate" in self.options


def fan_out(rooms: int, members: int, outstanding: int, goal: float) -> Workload:
    options = ("--rooms", str(rooms), "--members", str(members), "--outstanding", str(outstanding))
    key = f"{rooms}x{members}-w{outstanding}"
    return Workload(key, f"{rooms}:{members} w{outstanding}", options, goal, 0.92)


def redis_fan_out(rooms: int, members: int, outstanding: int, goal: float) -> Workload:
    local = fan_out(rooms, members, outstanding, goal)
    return replace(local, key=f"redis-{local.key}", bun_share=None, through="redis")


def round_trip(key: str, through: Literal["memory", "redis", "two instances"]) -> Workload:
    options = ("--rooms", "1", "--members", "10", "--rate", "1000")
    return Workload(
        f"trip-{key}", "1:10 at 1,000/s", options, through=through, only_fanwire=True, is_quick=False
    )


ECHO = ("--workload", "echo", "--connections", "64", "--outstanding", "1")

WORKLOADS = [
    fan_out(1, 1000, 1, 1.0),
    fan_out(1, 1000, 8, 1.8),
    fan_out(1, 1000, 31, 2.0),
    fan_out(100, 10, 8, 1.0),
    Workload("echo", "echo 64x1", ECHO),
    Workload("raw-echo", "raw echo 64x1", (*ECHO, "--protocol", "raw"), 1.0, 0.75, raw=True),
    Workload(
        "latency",
        "1:1000 at 50/s",
        ("--rooms", "1", "--members", "1000", "--rate", "50"),
        is_quick=False,
    ),
    Workload(
        "latency-rooms",
        "100:10 at 5,000/s",
        ("--rooms", "100", "--members", "10", "--rate", "5000"),
        is_quick=False,
    ),
    Workload(
        "idle",
        "idle, 100:100",
        ("--workload", "idle", "--rooms", "100", "--members", "100"),
        1024,
    ),
    Workload(
        "idle-rooms",
        "idle, 10,000:1",
        ("--workload", "idle", "--connections", "10000"),
        1024,
        is_quick=False,
    ),
    redis_fan_out(1, 1000, 1, 2.0),
    redis_fan_out(1, 1000, 8, 10.0),
    redis_fan_out(100, 10, 8, 8.0),
    Workload(
        "two-instances",
        "1:10, 8 elsewhere",
        ("--rooms", "1", "--members", "10", "--publishers", "8", "--outstanding", "256"),
        300_000,
        through="two instances",
        only_fanwire=True,
    ),
    round_trip("memory", "memory"),
    round_trip("redis", "redis"),
    round_trip("two", "two instances"),
]
