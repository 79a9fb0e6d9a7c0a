"""A TCP proxy that misbehaves on demand and counts what it did, so that a test can prove that a fault bit."""

import asyncio
import contextlib
import time
from collections.abc import Iterator

from .fault_flow import Cut, Flow, end_at_once, waiting_bytes

_ROLES = {b"SUBSCRIBE\r\n": "subscriber", b"PUBLISH\r\n": "publisher"}
_LONGEST_WORD = max(len(word) for word in _ROLES)


class Link:
    """A connection through the proxy: the client's side, Redis' side, and a flow each way."""

    def __init__(self, proxy: "FaultProxy") -> None:
        self.role: str | None = None
        self.up = Flow(self._on_bytes, is_reply=False)
        self.down = Flow(self._on_bytes, is_reply=True)
        self.is_open = True
        self.is_dialled = False
        self._proxy = proxy
        self._tail = b""

    @property
    def flows(self) -> tuple[Flow, Flow]:
        return self.up, self.down

    @property
    def unread_bytes(self) -> int:
        """What the client has sent and the proxy holds back."""
        return waiting_bytes(self.up.source) if self.up.source else 0

    @property
    def unread_replies(self) -> int:
        """What Redis has sent and the proxy holds back."""
        return waiting_bytes(self.down.source) if self.down.source else 0

    def end(self, *, reset: bool) -> None:
        self.is_open = False
        for flow in self.flows:
            flow.close()
            if flow.source:
                end_at_once(flow.source, reset=reset)

    def finish(self) -> None:
        """Both sides have said that they are done."""
        for flow in self.flows:
            if flow.source:
                flow.source.close()

    def _on_bytes(self, flow: Flow, data: bytes) -> bytes | None:
        if not flow.is_reply:
            self._learn_role(data)
        cut = self._proxy.cut_for(self, flow)
        if cut and len(data) > cut.after:
            data = data[: cut.after]
            self._proxy.cuts.append((self, cut))
            flow.hold("cut")
            # What is about to be written is on its way before the connection breaks.
            asyncio.get_running_loop().call_soon(lambda: self.end(reset=cut.reset))
        elif cut:
            cut.after -= len(data)
        self._proxy.count(flow, len(data))
        return data

    def _learn_role(self, data: bytes) -> None:
        if self.role is None:
            seen = (self._tail + data).upper()
            self.role = next((role for word, role in _ROLES.items() if word in seen), None)
            self._tail = seen[-_LONGEST_WORD:]


class _Side(asyncio.Protocol):
    """One end of a link: what comes in goes into `incoming`; when its peer is slow, `outgoing` is held."""

    def __init__(self, link: Link, incoming: Flow, outgoing: Flow) -> None:
        self._link = link
        self._incoming = incoming
        self._outgoing = outgoing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._outgoing.target = transport
        self._incoming.start(transport)

    def data_received(self, data: bytes) -> None:
        self._incoming.take(data)

    def eof_received(self) -> bool:
        self._incoming.end()
        if all(flow.is_finished for flow in self._link.flows):
            self._link.finish()
        return True

    def pause_writing(self) -> None:
        self._outgoing.hold("slow peer")

    def resume_writing(self) -> None:
        self._outgoing.release("slow peer")

    def connection_lost(self, error: Exception | None) -> None:
        if self._link.is_open:
            self._link.end(reset=error is not None)


class FaultProxy:
    """Stands on a port of its own before Redis. At first it passes everything on."""

    def __init__(self, upstream_port: int) -> None:
        self.upstream_port = upstream_port
        self.port = 0
        self.accepted_at: list[float] = []
        self.bytes_up = 0
        self.bytes_down = 0
        self.cuts: list[tuple[Link, Cut]] = []
        self._links: list[Link] = []
        self._cut: Cut | None = None
        self._is_black_hole = False
        self._delay = 0.0
        self._listener: asyncio.Server | None = None
        self._dials: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(cls, upstream_port: int) -> "FaultProxy":
        proxy = cls(upstream_port)
        await proxy.accept()
        return proxy

    def url(self, password: str | None = None) -> str:
        secret = f":{password}@" if password else ""
        return f"redis://{secret}127.0.0.1:{self.port}"

    @property
    def accepted(self) -> int:
        """How many connections there ever were."""
        return len(self.accepted_at)

    def links(self, role: str | None = None) -> list[Link]:
        """Open connections; of those that were heard to publish or to subscribe, by role."""
        self._links = [link for link in self._links if link.is_open]
        return [link for link in self._links if role in (None, link.role)]

    # Faults.

    def delay(self, seconds: float) -> None:
        """Each byte arrives this much later, in both directions."""
        self._delay = seconds
        for link in self.links():
            for flow in link.flows:
                flow.delay = seconds

    def cut(self, after: int, *, role: str | None = None, reset: bool = True, reply: bool = True) -> None:
        """Ends the first connection (of that role) on which `after` more bytes have passed and another
        one comes, of replies or else of requests."""
        self._cut = Cut(after, reset, role, reply)

    def cut_all(self, *, reset: bool = True) -> int:
        """Ends all connections at once; says how many there were."""
        links = self.links()
        for link in links:
            link.end(reset=reset)
        return len(links)

    def black_hole(self) -> None:
        """Nothing passes any more and nothing is closed; new connections are accepted and get no answer."""
        self._is_black_hole = True
        for link in self.links():
            for flow in link.flows:
                flow.hold("black hole")

    def stall_replies(self, role: str) -> None:
        """Redis' replies on connections of that role are not read any more: a client that is too slow."""
        for link in self.links(role):
            link.down.hold("stalled")

    async def refuse(self) -> None:
        """New connections are refused; those that there are stay."""
        if self._listener:
            self._listener.close()
            self._listener = None

    async def accept(self) -> None:
        """Ends `refuse`."""
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._listener = await loop.create_server(self._on_client, "127.0.0.1", self.port, backlog=512)
            self.port = self._listener.sockets[0].getsockname()[1]

    async def heal(self) -> None:
        """Ends all faults. What was held back arrives now, as after a partition."""
        self._is_black_hole = False
        self._cut = None
        self.delay(0.0)
        for link in self.links():
            if not link.is_dialled:
                self._dial(link)
            for flow in link.flows:
                flow.release("black hole")
                flow.release("stalled")
        await self.accept()

    async def close(self) -> None:
        await self.refuse()
        self.cut_all()
        for task in self._dials:
            task.cancel()
        await asyncio.gather(*self._dials, return_exceptions=True)

    # Proof.

    @contextlib.contextmanager
    def proving_nothing_passes(self) -> Iterator[None]:
        """Fails unless no byte went through while the block ran, though a client tried."""
        before = self.bytes_up, self.bytes_down
        unread = sum(link.unread_bytes for link in self.links())
        tried = self.accepted
        yield
        assert (self.bytes_up, self.bytes_down) == before, "the fault did not bite: bytes went through"
        more = sum(link.unread_bytes for link in self.links()) - unread
        assert more > 0 or self.accepted > tried, "the fault proves nothing: no client tried to send anything"

    def cut_for(self, link: Link, flow: Flow) -> Cut | None:
        """The cut that is armed for this flow; once it has begun to count, it stays with it."""
        if flow.cut:
            return flow.cut
        armed = self._cut
        if armed and armed.is_reply == flow.is_reply and armed.role in (None, link.role):
            flow.cut, self._cut = armed, None
        return flow.cut

    def count(self, flow: Flow, length: int) -> None:
        if flow.is_reply:
            self.bytes_down += length
        else:
            self.bytes_up += length

    def _on_client(self) -> asyncio.Protocol:
        self.accepted_at.append(time.monotonic())
        link = Link(self)
        for flow in link.flows:
            flow.delay = self._delay
        # Until Redis has answered the proxy's own call there is nowhere to send to.
        link.up.hold("dialling")
        self._links.append(link)
        if self._is_black_hole:
            for flow in link.flows:
                flow.hold("black hole")
        else:
            self._dial(link)
        return _Side(link, link.up, link.down)

    def _dial(self, link: Link) -> None:
        link.is_dialled = True
        task = asyncio.create_task(self._connect(link))
        self._dials.add(task)
        task.add_done_callback(self._dials.discard)

    async def _connect(self, link: Link) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(
                lambda: _Side(link, link.down, link.up), "127.0.0.1", self.upstream_port
            )
        except OSError:
            link.end(reset=True)
            return
        link.up.release("dialling")
