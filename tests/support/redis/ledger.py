"""The books of a run: who sent what, how it was answered, and what became of it at each member."""

import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

UNANSWERED = "unanswered"


@dataclass
class Sent:
    """A message under the number that its sender gave it. `answer` is `ack`, `local`, an error's code, …"""

    id: str
    sender: str
    number: int
    room: str
    home: str
    at: float
    answer: str = UNANSWERED
    answered_at: float = 0.0


@dataclass
class Member:
    """Whoever should hear the messages of a room, on the instance `home`."""

    name: str
    room: str
    home: str
    heard: list[tuple[float, str]] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)

    def hear(self, id: str, at: float | None = None) -> None:
        self.heard.append((time.monotonic() if at is None else at, id))

    @property
    def ids(self) -> list[str]:
        return [id for _, id in self.heard]


@dataclass(frozen=True)
class Findings:
    """What the books say of one member. Lists hold the ids of messages."""

    heard: int
    twice: list[str]
    lost: list[str]
    unordered: list[str]
    strange: list[str]
    gaps: int
    silence: float
    recovery: float | None


class Ledger:
    """Independent of what it judges: it knows only what was handed to a socket and what came out of one."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.sent: dict[str, Sent] = {}
        self.members: list[Member] = []
        self.on_redis: list[str] = []
        self.facts: list[str] = []
        self.broken_at: float | None = None
        self.healed_at: float | None = None
        self._numbers: Counter[str] = Counter()

    def member(self, name: str, room: str, home: str = "") -> Member:
        self.members.append(Member(name, room, home))
        return self.members[-1]

    def send(self, sender: str, room: str, home: str = "") -> Sent:
        """Enters a message that is about to be sent; its id says sender and number."""
        self._numbers[sender] += 1
        number = self._numbers[sender]
        entry = Sent(f"{sender}#{number}", sender, number, room, home, time.monotonic())
        self.sent[entry.id] = entry
        return entry

    @staticmethod
    def answer(entry: Sent, kind: str) -> None:
        assert entry.answer == UNANSWERED, f"{entry.id} was answered {entry.answer} and then {kind}"
        entry.answer, entry.answered_at = kind, time.monotonic()

    def broke(self, fact: str) -> None:
        """A fault has begun; `fact` is its proof."""
        self.broken_at = time.monotonic()
        self.facts.append(fact)

    def healed(self, fact: str) -> None:
        self.healed_at = time.monotonic()
        self.facts.append(fact)

    def by_answer(self, *kinds: str) -> set[str]:
        return {entry.id for entry in self.sent.values() if entry.answer in kinds}

    # Findings.

    def of(self, member: Member) -> Findings:
        counts = Counter(member.ids)
        due = {entry.id for entry in self.sent.values() if entry.room == member.room}
        return Findings(
            heard=len(member.heard),
            twice=[id for id, times in counts.items() if times > 1],
            lost=[id for id in self.sent if id in due and id not in counts],
            unordered=self.unordered(member.ids),
            strange=[id for id in counts if id not in due],
            gaps=len(member.gaps),
            silence=self.silence(member),
            recovery=self._recovery(member),
        )

    def unordered(self, ids: Iterable[str]) -> list[str]:
        """Messages that came behind a later one of their sender. Those whose fate is `uncertain` may come
        late; of repeated ones the first counts."""
        last: dict[str, int] = defaultdict(int)
        found = []
        for id in dict.fromkeys(ids):
            entry = self.sent.get(id)
            if entry is None or entry.answer == "uncertain":
                continue
            if entry.number < last[entry.sender]:
                found.append(id)
            last[entry.sender] = max(last[entry.sender], entry.number)
        return found

    def silence(self, member: Member) -> float:
        """The longest time, while somebody was sending to the room, in which the member heard nothing."""
        times = [entry.at for entry in self.sent.values() if entry.room == member.room]
        if not times:
            return 0.0
        first, last = min(times), max(times)
        heard = [at for at, _ in member.heard if first <= at <= last]
        return max(after - before for before, after in zip([first, *heard], [*heard, last], strict=True))

    def loss_spans(self, member: Member) -> list[tuple[float, float]]:
        """From when to when a member missed messages in a row, by the clock of their senders."""
        spans: list[tuple[float, float]] = []
        lost, previous = set(self.of(member).lost), False
        for entry in sorted(self.sent.values(), key=lambda one: one.at):
            if entry.room != member.room:
                continue
            if entry.id in lost:
                spans = (
                    [*spans[:-1], (spans[-1][0], entry.at)] if previous else [*spans, (entry.at, entry.at)]
                )
            previous = entry.id in lost
        return spans

    def _recovery(self, member: Member) -> float | None:
        """Seconds from the end of the fault until a message of another instance, sent after it, was heard."""
        if self.healed_at is None:
            return None
        for at, id in member.heard[bisect_left(member.heard, (self.healed_at, "")) :]:
            entry = self.sent.get(id)
            if entry and entry.home != member.home and entry.at >= self.healed_at:
                return at - self.healed_at
        return None

    # The report.

    def report(self) -> dict[str, Any]:
        answers = Counter(entry.answer for entry in self.sent.values())
        reached = Counter(self.on_redis)
        return {
            "title": self.title,
            "facts": self.facts,
            "sent": len(self.sent),
            "answers": dict(answers),
            "on_redis": len(reached),
            "twice_on_redis": [id for id, times in reached.items() if times > 1],
            "members": {member.name: self.of(member) for member in self.members},
        }

    def __str__(self) -> str:
        report = self.report()
        answers = ", ".join(f"{kind} {count}" for kind, count in sorted(report["answers"].items()))
        lines = [
            f"--- {self.title}: {'; '.join(self.facts) or 'no fault'}",
            f"    sent {report['sent']} ({answers}); on Redis {report['on_redis']}, "
            f"twice there {len(report['twice_on_redis'])}",
        ]
        for name, found in report["members"].items():
            recovery = "-" if found.recovery is None else f"{found.recovery:.2f} s"
            lines.append(
                f"    {name:<16} heard {found.heard:>5}  twice {len(found.twice)}  lost {len(found.lost)}  "
                f"out of order {len(found.unordered)}  gaps told {found.gaps}  "
                f"longest silence {found.silence:.2f} s  recovered in {recovery}"
            )
        return "\n".join(lines)


def inversions(one: list[str], other: list[str]) -> int:
    """How often two neighbours in `one` stand the other way round in `other`; 0 means one order."""
    place = {id: index for index, id in enumerate(dict.fromkeys(other))}
    places = [place[id] for id in dict.fromkeys(one) if id in place]
    return sum(before > after for before, after in zip(places, places[1:], strict=False))
