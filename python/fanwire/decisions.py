"""What hooks answer."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from fanwire.results import CloseCode


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "ABSENT"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT
"""Stands for a field that is not there. None is another thing: JSON's null."""


@dataclass(frozen=True, slots=True)
class Accept:
    """The client may connect."""

    user: Any = ABSENT
    """Who the client is: anything that JSON can say. It overrides the `user` of what the client publishes."""


@dataclass(frozen=True, slots=True)
class Reject:
    """The client may not connect: its connection is closed with this code and reason."""

    code: int = CloseCode.REFUSED
    reason: str = ""
    """At most 123 bytes; what is longer is cut. Sent to the client."""


@dataclass(frozen=True, slots=True)
class Allow:
    """The client joins; the message is published as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The message is published with other fields. What is given replaces the message's own."""

    user: Any = ABSENT
    text: Any = ABSENT
    data: Any = ABSENT


@dataclass(frozen=True, slots=True)
class Drop:
    """The message is not published, and its sender is told `ack` with `dropped`."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The client does not join, or the message is not published; the client is told `error`."""

    code: str = "forbidden"
    message: str = ""
    """A sentence for the client. Empty: the code's own."""


ConnectDecision: TypeAlias = Accept | Reject | bool | None
"""What `on_connect` returns; None and True accept, False rejects."""

JoinDecision: TypeAlias = Allow | Refuse | bool | None
"""What `on_join` returns; None and True allow, False refuses."""

MessageDecision: TypeAlias = Allow | Change | Drop | Refuse | bool | None
"""What `on_message` returns; None and True allow, False refuses."""
