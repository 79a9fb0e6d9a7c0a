"""nginx and HAProxy with the configurations that docs/howto shows, on free ports of the loopback."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .redis.process import ROOT, Process, free_port
from .redis.waiting import until

_NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
{modules}
events {{ worker_connections 512; }}
{kind} {{
{paths}
{text}
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_STREAM_MODULE = Path("/usr/lib/nginx/modules/ngx_stream_module.so")


def snippet(page: str, info: str) -> str:
    """The one fenced block of a page in docs/howto whose opening fence says `info`."""
    text = (ROOT / "docs/howto" / f"{page}.md").read_text()
    blocks = re.findall(rf"^```{re.escape(info)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1, f"{page}.md has {len(blocks)} blocks {info!r}"
    return str(blocks[0])


def replaced(text: str, old: str, new: str) -> str:
    """`text` with its one `old` replaced: a page that no longer says it fails its tests."""
    assert text.count(old) == 1, f"{text.count(old)} times {old!r} in:\n{text}"
    return text.replace(old, new)


class Balancer:
    """A process in front of instances; it listens on `port`."""

    def __init__(self, folder: Path, port: int, process: Process) -> None:
        self.folder = folder
        self.port = port
        self.process = process

    @classmethod
    async def start(cls, program: str, text: str, instances: Sequence[int], kind: str = "http") -> "Balancer":
        port = free_port()
        shown_at, real_at = ("listen 80", "listen ") if program == "nginx" else ("bind :80", "bind ")
        text = replaced(text, shown_at, f"{real_at}127.0.0.1:{port}")
        for shown, real in zip((8081, 8082), instances, strict=True):
            text = replaced(text, f"127.0.0.1:{shown}", f"127.0.0.1:{real}")
        folder = Path(tempfile.mkdtemp(prefix=f"fanwire-{program}-"))
        file = folder / "conf"
        if program == "nginx":
            file.write_text(_nginx_file(folder, text, kind))
            command = ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(file)]
        else:
            file.write_text(text)
            command = ["haproxy", "-db", "-f", str(file)]
        balancer = cls(folder, port, await Process.start(program, command))
        await until(balancer._listens, f"{program} listens: {balancer.process.errors}")
        return balancer

    def _listens(self) -> bool:
        assert self.process.exit_code is None, "\n".join(self.process.errors)
        wanted = f"0100007F:{self.port:04X} 00000000:0000 0A"
        return wanted in Path("/proc/net/tcp").read_text()


def _nginx_file(folder: Path, text: str, kind: str) -> str:
    modules, paths = "", ""
    if kind == "stream":
        modules = f"load_module {_STREAM_MODULE};" if _STREAM_MODULE.exists() else ""
    else:
        paths = "access_log off;\n" + "\n".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    return _NGINX.format(folder=folder, modules=modules, kind=kind, paths=paths, text=text)
