"""What examples/ and README.md show works as it is written."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Elsewhere:
    """A server in another process, as far as clients need to know it."""

    def __init__(self, url: str) -> None:
        self.url = url


async def test_the_chat(connect):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "examples" / "chat.py"),
        stdout=subprocess.PIPE,
        env={**os.environ, "PORT": "0"},
    )
    try:
        url = (await process.stdout.readline()).decode().split()[2]
        server = Elsewhere(url)
        async with connect(server, "?name=host") as client:
            assert await client.closed() == (4302, "that name is taken")
        async with connect(server, "?name=ann") as ann, connect(server) as guest:
            await guest.join("chat:1")
            await ann.send("message", roomId="chat:1", user="mallory", text="HELLO")
            heard = await guest.receive()
            assert (heard["user"], heard["text"]) == ("ann", "hello")
            assert (await ann.say("chat:1", "/time"))["dropped"] is True
            assert (await guest.receive())["text"].startswith("ann wants to know: it is 20")
            assert (await ann.ask("message", text="all of you"))["code"] == "forbidden"
            await ann.send("message", roomId="chat:1", text="/whoami")
            assert (await ann.receive())["data"]["user"] == "ann"
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_the_readme_shows_a_server():
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert "await asyncio.Event().wait()" in program
    program = program.replace("port=8080", "port=0").replace(
        "await asyncio.Event().wait()", "print(server.is_running)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20)
    assert (ended.returncode, ended.stdout) == (0, "True\n"), ended.stderr
