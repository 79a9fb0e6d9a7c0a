"""Clients that send at a steady rate without waiting for answers, and enter everything into a ledger."""

import asyncio
import contextlib

from websockets.exceptions import ConnectionClosed

from .ledger import Ledger, Member, Sent
from .raw_client import Frame, RawClient
from .waiting import until


def kind_of(answer: Frame) -> str:
    """An answer in one word: `ack`, `local`, `duplicate`, `dropped`, or an error's code."""
    if answer.type == "error":
        return str(answer.event.get("code"))
    assert answer.type == "ack", answer.raw
    return next((word for word in ("local", "duplicate", "dropped") if answer.event.get(word)), "ack")


def keep_books(ledger: Ledger, client: RawClient, room: str, home: str = "") -> Member:
    """Enters what a client hears. The id of a message is its `text`."""
    member = ledger.member(client.name, room, home)

    def on_frame(frame: Frame) -> None:
        text = frame.event.get("text")
        if frame.type == "message" and isinstance(text, str) and "#" in text:
            member.hear(text, frame.at)
        elif frame.type == "gap" and (frame.event.get("roomId") == room or "pattern" in frame.event):
            member.gaps.append(frame.at)

    client.on_frame = on_frame
    return member


class Sender:
    """Sends at a steady rate from its start until it is stopped, or message by message."""

    def __init__(self, ledger: Ledger, client: RawClient, room: str, home: str = "") -> None:
        self.client = client
        self._ledger = ledger
        self._place = (room, home)
        self._is_asking = True
        self._open: set[str] = set()
        self._running: asyncio.Task[None] | None = None

    def start(self, *, interval: float, asking: bool = True) -> None:
        """`asking` is false where the server knows no ids: then nothing is ever answered."""
        self._is_asking = asking
        self._running = asyncio.create_task(self._run(interval))

    async def stop(self) -> None:
        if self._running:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    async def answered(self, deadline: float = 15.0) -> None:
        """Returns when nothing waits for an answer any more."""
        await until(lambda: not self._open, f"{self.client.name} got all its answers", deadline)

    async def send_one(self) -> Sent:
        room, home = self._place
        entry = self._ledger.send(self.client.name, room, home)
        fields = {"user": self.client.name, "text": entry.id}
        if self._is_asking:
            self._open.add(entry.id)
            answer = await self.client.publish(room, **fields)
            answer.add_done_callback(lambda done: self._on_answer(entry, done))
        else:
            await self.client.send(type="message", roomId=room, **fields)
        return entry

    def _on_answer(self, entry: Sent, answer: asyncio.Future[Frame]) -> None:
        if not answer.cancelled():
            self._open.discard(entry.id)
            self._ledger.answer(entry, kind_of(answer.result()))

    async def _run(self, interval: float) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.send_one()
                await asyncio.sleep(interval)
