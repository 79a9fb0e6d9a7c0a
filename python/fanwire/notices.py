"""What hooks are told that need not answer."""

from dataclasses import dataclass
from enum import StrEnum


class BusState(StrEnum):
    """How an instance and its Redis stand."""

    DISCONNECTED = "disconnected"
    """Redis cannot be reached: messages are heard on this instance only, and wait for Redis."""
    REPLAYING = "replaying"
    """Redis is back, and what has waited goes out; what is published now is still heard here first."""
    CONNECTED = "connected"
    """Messages go through Redis."""


@dataclass(frozen=True, slots=True)
class BusStateNotice:
    """The state of the bus has changed; or the server has started, and this is its first."""

    state: BusState
    since: float
    """When it began, in seconds since 1970, as `time.time()` has it."""
    outbox_messages: int
    """Messages that waited for Redis then."""


def bus_state_notice(state: str, since: float, outbox_messages: int) -> BusStateNotice:
    """What the core makes notices with."""
    return BusStateNotice(BusState(state), since, outbox_messages)
