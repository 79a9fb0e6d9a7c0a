"""Instances on one Redis, each behind a proxy of its own, with members and senders in one room."""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

from .fault_proxy import FaultProxy
from .instance import Instance
from .ledger import Ledger, Member, Sent, inversions
from .raw_client import RawClient
from .redis_server import RedisServer
from .sender import Sender, keep_books
from .waiting import until
from .witness import Witness

IS_FULL = os.environ.get("FANWIRE_CHAOS") == "full"
# How long Redis stays away in the long outage.
OUTAGE = 30.0 if IS_FULL else 5.0
PROBE_INTERVAL = 1.0
PROBE_TIMEOUT = 1.0
# A fault is found out within an interval and a deadline; the rest is for a machine that is busy.
LONGEST_SILENCE = PROBE_INTERVAL + PROBE_TIMEOUT + 1.0
# An instance backs off for up to two seconds, and waits as long for others before it replays.
LONGEST_RECOVERY = 7.0


class Rig:
    """Instances are called a, b and so on; each has a v1 and a classic client, members and senders both."""

    ROOM = "chaos:1"

    def __init__(self, title: str, redis: RedisServer, witness: Witness, stack: AsyncExitStack) -> None:
        self.redis = redis
        self.witness = witness
        self._stack = stack
        self.ledger = Ledger(title)
        self.proxies: dict[str, FaultProxy] = {}
        self.instances: dict[str, Instance] = {}
        self.clients: dict[str, RawClient] = {}
        self.members: dict[str, Member] = {}
        self.senders: dict[str, Sender] = {}

    @classmethod
    async def start(
        cls, title: str, redis: RedisServer, stack: AsyncExitStack, names: str = "ab", **options: Any
    ) -> "Rig":
        witness = await Witness.attach(redis)
        stack.push_async_callback(witness.close)
        rig = cls(title, redis, witness, stack)
        for name in names:
            rig.proxies[name] = await FaultProxy.start(redis.port)
            stack.push_async_callback(rig.proxies[name].close)
            await rig._add_instance(name, options)
        for name in names:
            await rig.add_client(f"{name}.v1", v1=True)
            await rig.add_client(f"{name}.classic", v1=False)
        return rig

    async def _add_instance(self, name: str, options: dict[str, Any]) -> None:
        timing = {
            "probe_interval": f"{PROBE_INTERVAL}s",
            "probe_timeout": f"{PROBE_TIMEOUT}s",
            "redis_connect_timeout": "1s",
            "redis_command_timeout": "1s",
        }
        url = self.proxies[name].url(None if "redis_password_file" in options else self.redis.password)
        instance = await Instance.start(url, name, **timing | options)
        self.instances[name] = instance
        self._stack.push_async_callback(instance.process.kill)
        await instance.until_ready()

    async def add_client(
        self, name: str, *, v1: bool, pattern: str | None = None, sends: bool = True
    ) -> RawClient:
        """`name` begins with the instance's name. A client with a pattern hears the room by it."""
        home = name[0]
        client = await RawClient.connect(self.instances[home].url, name, v1=v1)
        self._stack.push_async_callback(client.close)
        self.clients[name] = client
        self.members[name] = keep_books(self.ledger, client, self.ROOM, home)
        joined = await (client.join_pattern(pattern) if pattern else client.join(self.ROOM))
        assert not joined.is_local, "Redis was there when it joined"
        if sends:
            self.senders[name] = Sender(self.ledger, client, self.ROOM, home)
        return client

    # The course of a run.

    async def begin(self, interval: float = 0.05) -> None:
        """Senders start; returns when every member has heard a good many messages."""
        for sender in self.senders.values():
            sender.start(interval=interval)
        await self.all_hear(20)

    async def all_hear(self, more: int) -> None:
        marks = {name: len(member.heard) for name, member in self.members.items()}
        await until(
            lambda: all(len(member.heard) >= marks[name] + more for name, member in self.members.items()),
            f"all members have heard {more} more messages",
        )

    async def outage(self, seconds: float = 1.0, names: str = "ab") -> None:
        """Lasts until the instances know of it, and then for a time."""
        for name in names:
            await self.instances[name].until_not_ready(LONGEST_SILENCE)
        await asyncio.sleep(seconds)

    async def shut_gates(self) -> None:
        """No instance gets a new connection, so that the witness is attached first."""
        for proxy in self.proxies.values():
            await proxy.refuse()

    async def open_gates(self) -> None:
        await self.witness.attach_again()
        for proxy in self.proxies.values():
            await proxy.heal()

    async def all_ready(self, deadline: float = 15.0) -> None:
        for instance in self.instances.values():
            await instance.until_ready(deadline)

    async def all_recover(self, deadline: float = 15.0) -> None:
        """Returns when each member has heard a message of another instance that was sent after the fault."""
        await until(
            lambda: all(self.ledger.of(member).recovery is not None for member in self.members.values()),
            "all members hear the other instances again",
            deadline,
            step=0.05,
        )

    async def finish(self) -> None:
        """Senders stop; all answers come; what is under way arrives; the report is printed."""
        await self.all_ready()
        await self.all_recover()
        await self.all_hear(20)
        for sender in self.senders.values():
            await sender.stop()
        for sender in self.senders.values():
            await sender.answered()
        await self.all_subscribed()
        await self.all_replayed()
        await self.redis.call("PUBLISH", f"room:{self.ROOM}", '{"type":"message","text":"the end"}')
        for client in self.clients.values():
            await client.until(lambda client=client: "the end" in client.texts, "the last message came")
        await self.witness.catch_up()
        self.ledger.on_redis += [text for text in self.witness.texts(f"room:{self.ROOM}") if "#" in text]
        print(f"\n{self.ledger}")

    async def all_replayed(self) -> None:
        """No outbox holds anything any more: what is published goes to Redis."""
        for name in self.instances:
            client = self.clients[f"{name}.v1"]

            async def is_online(client: RawClient = client) -> bool:
                return "local" not in (await client.ask(type="message", roomId="rig:end", text="end")).event

            await until(is_online, f"{name} is online")

    async def all_subscribed(self) -> None:
        """Each instance has its subscriptions on Redis again, each once."""
        for channel in (f"room:{self.ROOM}", "broadcast"):

            async def is_complete(channel: str = channel) -> bool:
                return await self.redis.subscribers(channel) == len(self.instances)

            await until(is_complete, f"all instances are subscribed to {channel}")

    # The judgement.

    def judge(self, hit: str, *, expect_local: bool | None = True, silence: float = LONGEST_SILENCE) -> None:
        """Asserts what must hold whatever the fault; `hit` are the instances that it cut off from Redis.
        `expect_local` is none where it is a matter of luck whether a message falls into the outage."""
        ledger = self.ledger
        assert set(ledger.report()["answers"]) <= {"ack", "local", "uncertain"}, ledger
        acked, local = ledger.by_answer("ack"), ledger.by_answer("local")
        if expect_local is not None:
            assert bool(local) == expect_local, (
                "local answers are given exactly when Redis is known to be away"
            )
        reached = set(ledger.on_redis)
        assert acked <= reached, f"acknowledged but not on Redis: {sorted(acked - reached)[:5]}"
        # A replay that is cut leaves some in doubt, and they are never sent twice.
        assert len(local - reached) <= self._in_doubt(), f"never replayed: {sorted(local - reached)[:5]}"
        assert not ledger.report()["twice_on_redis"]
        assert not ledger.unordered(ledger.on_redis), "a sender's messages reached Redis in their order"
        for client in self.clients.values():
            assert not client.unexpected, f"{client.name}: {client.unexpected[:3]}"
            assert client.is_open
        for member in self.members.values():
            self._judge_member(member, hit, silence)

    def _in_doubt(self) -> int:
        """How many messages the instances' logs say may have been lost in a replay."""
        logs = "\n".join(instance.log for instance in self.instances.values())
        return sum(int(count) for count in re.findall(r"broke in a replay: (\d+) messages", logs))

    def _judge_member(self, member: Member, hit: str, silence: float) -> None:
        ledger, found, name = self.ledger, self.ledger.of(member), member.name
        assert not found.twice, f"{name} heard twice {found.twice[:5]}"
        assert not found.strange
        assert not found.unordered, f"{name} heard late {found.unordered[:5]}"
        acked = ledger.by_answer("ack")
        of_acked = [id for id in member.ids if id in acked]
        assert inversions(of_acked, ledger.on_redis) == 0, f"{name} heard another order than Redis gave"
        certain = [ledger.sent[id] for id in found.lost if ledger.sent[id].answer != "uncertain"]
        near = [entry for entry in certain if entry.home == member.home and entry.answer == "local"]
        assert not near, f"{name} did not hear local messages of its own instance: {near[:3]}"
        if member.home not in hit:
            assert not certain, f"{name} lost {certain[:3]}, though its instance was never cut off"
            assert not found.gaps
        self._judge_when(member, certain)
        if self.clients[name].is_v1:
            assert not certain or found.gaps, f"{name} lost {certain[:3]} and was not told"
        else:
            assert not found.gaps
        assert found.silence <= silence, f"{name} heard nothing for {found.silence:.2f} s"
        assert found.recovery is not None and found.recovery <= LONGEST_RECOVERY
        self._judge_local(member)

    def _judge_when(self, member: Member, lost: list[Sent]) -> None:
        """Messages may be missed from the break to the member's recovery, not before and not after."""
        begun, ended, took = self.ledger.broken_at, self.ledger.healed_at, self.ledger.of(member).recovery
        assert begun and ended and took is not None
        outside = [entry for entry in lost if not begun - 1 <= entry.at <= ended + took]
        assert not outside, f"{member.name} lost messages of a time when all was well: {outside[:3]}"

    def _judge_local(self, member: Member) -> None:
        """What is answered `local` is heard on the same instance at once, not after the outage."""
        heard = {id: at for at, id in reversed(member.heard)}

        def lateness(entry: Sent) -> float:
            return heard[entry.id] - entry.answered_at

        late = [
            entry
            for entry in self.ledger.sent.values()
            if entry.answer == "local" and entry.home == member.home and lateness(entry) > 0.5
        ]
        assert not late, f"{member.name} heard local messages late: {late[:3]}"

    def gaps_tell_when(self, name: str) -> None:
        """A gap of a v1 client says, in milliseconds, since when something may be missing."""
        now, begun = time.time() * 1000, self.ledger.broken_at
        assert begun is not None
        broken = now - (time.monotonic() - begun) * 1000
        gaps = self.clients[name].of("gap")
        assert gaps, f"{name} was told of no gap"
        for gap in gaps:
            assert isinstance(gap.event["at"], int), gap.raw
            assert broken - 500 <= gap.event["at"] <= now, gap.raw


RigStarter = Callable[..., Awaitable[Rig]]
