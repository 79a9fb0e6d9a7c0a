"""Measures fanwire against other servers, one at a time, and prints the ratios. README.md says how.

Builds nothing: script/bench does. Never fails for being slow, only for being wrong: lost, changed or
misplaced messages, or a server that does not start.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import processes
import redis_report
import report
import servers
from processes import GENERATOR_CORE, SERVER_CORE
from servers import Server, Unavailable
from workloads import WORKLOADS, Workload

DISTURBED = 0.05


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__.splitlines()[0])
    keys = [workload.key for workload in WORKLOADS]
    parser.add_argument("--quick", action="store_true", help="a minute and a half: short runs, two rounds")
    parser.add_argument("--workload", action="append", choices=keys, help="only this one; may be repeated")
    parser.add_argument(
        "--peer", action="append", choices=[*servers.peers(), "none"], help="only this one; may be repeated"
    )
    parser.add_argument("--no-fanwire", action="store_true", help="the peers alone")
    parser.add_argument("--seconds", type=float, help="measured time of a run (3; quick: 0.5)")
    parser.add_argument("--warmup", type=float, help="time before that (1; quick: 0.25)")
    parser.add_argument("--rounds", type=int, help="runs of each pair (4; quick: 2)")
    parser.add_argument(
        "--blocking", action="store_true", help="the generator sleeps; servers pay for waking it"
    )
    parser.add_argument("--fanwired", default="", metavar="OPTIONS", help="more options for fanwired")
    parser.add_argument("--build", type=Path, default=servers.ROOT / "build" / "release", help="build folder")
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes every run there")
    arguments = parser.parse_args()
    arguments.seconds = arguments.seconds or (0.5 if arguments.quick else 3)
    arguments.warmup = arguments.warmup or (0.25 if arguments.quick else 1)
    arguments.rounds = arguments.rounds or (2 if arguments.quick else 4)
    return arguments


def busy_seconds() -> float:
    """CPU time of all processes on the two cores, and what the hypervisor took."""
    ticks = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name in (f"cpu{SERVER_CORE}", f"cpu{GENERATOR_CORE}"):
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields[:8])
            ticks += user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK")


def process_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(server: Server, workload: Workload, arguments: argparse.Namespace) -> dict[str, Any]:
    generator = servers.program(arguments.build, "load_generator")
    with processes.running(server, workload) as setup:
        all_pids = [one.pid for one in setup.servers + setup.others]

        def own_seconds() -> float:
            return sum(process_seconds(pid) for pid in all_pids) + children_seconds()

        command = [str(generator), *setup.options, *workload.options]
        command += ["--seconds", str(arguments.seconds), "--warmup", str(arguments.warmup)]
        command += ["--spin", "0" if arguments.blocking or workload.is_idle else "1"]
        begun, busy, own = time.monotonic(), busy_seconds(), own_seconds()
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            preexec_fn=processes.enter_core(GENERATOR_CORE),
            timeout=300,
            check=False,
        )
        for one in setup.servers + setup.others:
            if one.poll() is not None:
                raise Unavailable(f"ended with {one.returncode} while it was measured")
        others = busy_seconds() - busy - (own_seconds() - own)
        wall = time.monotonic() - begun
    if not done.stdout.startswith("{"):
        raise RuntimeError(f"the load generator ended with {done.returncode}: {done.stderr.strip()}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return {**answer, "others_share": max(0.0, others) / wall / 2}


class Bench:
    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.runs: report.Runs = {}
        self.faults: list[str] = []
        self.is_broken = False
        chosen = arguments.workload
        self.workloads = [
            w for w in WORKLOADS if (w.key in chosen if chosen else w.is_quick or not arguments.quick)
        ]
        self.servers = self.prepared_servers()

    def prepared_servers(self) -> list[Server]:
        wanted = [
            server for name, server in servers.peers().items() if name in (self.arguments.peer or [name])
        ]
        if not self.arguments.no_fanwire:
            options = ["--shards", "1", *self.arguments.fanwired.split()]
            wanted.insert(0, servers.fanwire(self.arguments.build, options))
        ready = []
        for server in wanted:
            try:
                server.prepare()
                ready.append(server)
            except Unavailable as reason:
                self.note_fault(server, f"cannot be measured: {reason}")
        return ready

    def note_fault(self, server: Server, what: str) -> None:
        fault = f"{server.name}: {what}"
        if fault not in self.faults:
            self.faults.append(fault)
            print(f"  ! {fault}", file=sys.stderr, flush=True)
        self.is_broken = self.is_broken or server.name == "fanwire"

    def run(self) -> None:
        """Rounds go A B B A, so that a drift of the machine meets all alike."""
        for workload in self.workloads:
            rounds = 1 if workload.is_idle and self.arguments.quick else self.arguments.rounds
            for turn in range(rounds):
                for server in self.servers if turn % 2 == 0 else reversed(self.servers):
                    if server.takes(workload):
                        self.run_one(server, workload, turn)

    def run_one(self, server: Server, workload: Workload, turn: int) -> None:
        try:
            answer = {**measure(server, workload, self.arguments), "round": turn}
        except Unavailable as reason:
            self.note_fault(server, f"{workload.title}: {reason}")
            return
        self.runs.setdefault((workload.key, server.name), []).append(answer)
        if answer["errors"]:
            self.note_fault(server, f"{workload.title}: {answer['error']}")
            return
        value = answer[report.figure(workload)]
        what = f"{workload.key:<18} {server.name:<10} {value:>12,.0f}"
        print(f"  {what}", file=sys.stderr, flush=True)

    def print_report(self) -> None:
        names = [server.name for server in self.servers if server.name != servers.TEXTBOOK]
        in_memory = [w for w in self.workloads if w.through == "memory" and not w.only_fanwire]
        parts = [report.text(self.runs, in_memory, names) if names and in_memory else ""]
        parts.append(redis_report.text(self.runs, self.workloads))
        print("\n\n".join(part for part in parts if part))
        for server in self.servers:
            print(f"{server.name}: {server.what}")
        for fault in self.faults:
            print(f"NOT MEASURED OR WRONG: {fault}")
        shares = [run["others_share"] for found in self.runs.values() for run in found]
        worst = max(shares, default=0.0)
        if worst > DISTURBED:
            mean = sum(shares) / len(shares)
            print(f"Others took {mean:.0%} of the two cores, in one run {worst:.0%}: not a quiet machine.")

    def write_json(self, path: Path) -> None:
        everything = {
            "machine": f"{platform.platform()}, {os.cpu_count()} cores",
            "seconds": self.arguments.seconds,
            "warmup": self.arguments.warmup,
            "faults": self.faults,
            "runs": [
                {**run, "key": workload, "server": server}
                for (workload, server), found in self.runs.items()
                for run in found
            ],
        }
        path.write_text(json.dumps(everything, indent=1) + "\n")


def main() -> int:
    arguments = parse_arguments()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if (os.cpu_count() or 1) < 2:
        print("One core only: server and generator share it, and the figures say little.", file=sys.stderr)
    bench = Bench(arguments)
    bench.run()
    bench.print_report()
    if arguments.json:
        bench.write_json(arguments.json)
    return 1 if bench.is_broken else 0


if __name__ == "__main__":
    sys.exit(main())
