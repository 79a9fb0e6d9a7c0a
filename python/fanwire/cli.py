"""The command `fanwire`: a server and nothing else."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence

from fanwire._bridge import Options, option_table, version
from fanwire.options import OptionInfo
from fanwire.server import Server

SERVE_DEFAULTS: Mapping[str, bool | str] = {"demo": True, "metrics": "loopback"}
"""What `fanwire serve` sets otherwise than an embedded server."""
_SIZES = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
_DURATIONS = ((3_600_000, "h"), (60_000, "min"), (1_000, "s"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status: 0, 1 if it cannot listen, 2 if an option is wrong."""
    given = vars(_parser().parse_args(arguments))
    try:
        options = _options(given, os.environ)
    except ValueError as error:
        print(f"fanwire: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="fanwire: %(levelname)s: %(message)s")
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.addLevelName(level, logging.getLevelName(level).lower())
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        print(f"fanwire: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


async def _serve(options: Options) -> None:
    server = Server._from_options(options)
    stopping = asyncio.Event()
    await server.start()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    print(f"fanwire: listening on {server.url}", flush=True)
    if options.demo:
        print(f"fanwire: demo at {server.url.replace('ws', 'http', 1)}demo", flush=True)
    await stopping.wait()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Whoever asks twice does not want to wait for the drain.
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)
    await server.stop(options.drain_timeout)


def _options(given: Mapping[str, str], environment: Mapping[str, str]) -> Options:
    """The options from command line and environment; the command line wins. Raises ValueError."""
    options = Options()
    for name, value in SERVE_DEFAULTS.items():
        options.set(name, value)
    for entry in option_table():
        name = entry["name"]
        variable = f"FANWIRE_{name.upper()}"
        if name in given:
            options.set_from_text(name, given[name])
        elif environment.get(variable):
            try:
                options.set_from_text(name, environment[variable])
            except ValueError as error:
                raise ValueError(f"{variable}: {error}") from None
    options.check()
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fanwire", description="A real-time server.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"fanwire {version}")
    commands = parser.add_subparsers(required=True, metavar="serve")
    serve = commands.add_parser(
        "serve",
        usage="fanwire serve [option...]",
        help="serve WebSocket clients",
        description="Serves WebSocket clients until SIGINT or SIGTERM. "
        "Each option may also be given as FANWIRE_<OPTION> in the environment.",
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    for entry in option_table():
        _add_option(serve, entry)
    return parser


def _add_option(parser: argparse.ArgumentParser, entry: OptionInfo) -> None:
    name = entry["name"]
    flag = name.replace("_", "-")
    help_text = f"{entry['help']} ({', '.join(_facts(entry))})".replace("%", "%%")
    if entry["kind"] == "flag":
        parser.add_argument(f"--{flag}", dest=name, action="store_const", const="true", help=help_text)
        parser.add_argument(
            f"--no-{flag}", dest=name, action="store_const", const="false", help=argparse.SUPPRESS
        )
    else:
        parser.add_argument(f"--{flag}", dest=name, metavar=entry["kind"].upper(), help=help_text)


def _facts(entry: OptionInfo) -> Iterator[str]:
    """Default, bounds, and what zero means."""
    initial = SERVE_DEFAULTS.get(entry["name"], entry["initial"])
    if initial is True:
        yield f"default on, --no-{entry['name'].replace('_', '-')} turns it off"
    elif initial is False:
        yield "default off"
    elif isinstance(initial, int):
        kind = entry["kind"]
        yield f"default {_written(kind, initial)}"
        yield f"from {_written(kind, entry['least'])} to {_written(kind, entry['most'])}"
    else:
        yield f"default {initial if isinstance(initial, str) else ','.join(initial) or 'none'}"
    if entry["zero"]:
        yield f"0: {entry['zero']}"


def _written(kind: str, value: int) -> str:
    """A number as people write it, in the largest unit that keeps it whole."""
    if kind == "bytes":
        units, smallest = _SIZES, "B"
    elif kind == "duration":
        units, smallest = _DURATIONS, "ms"
    else:
        return str(value)
    size, unit = next(((size, unit) for size, unit in units if value and value % size == 0), (1, smallest))
    return f"{value // size}{unit}"
