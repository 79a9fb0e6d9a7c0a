"""What calls give back."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple


class PublishResult(NamedTuple):
    """How a publish went when it went well."""

    local: bool
    """Only this instance has the message so far: the bus cannot be reached."""
    dropped: bool
    """A hook swallowed the message."""


class SendResult(StrEnum):
    """How a message to one client went."""

    DELIVERED = "delivered"
    """It was given to the client's connection."""
    CLIENT_GONE = "client_gone"
    """The client has gone."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What a server has done since it was started, and what it has now."""

    connections: int = 0
    """Clients that are connected now."""
    connections_total: int = 0
    """Clients that were ever accepted."""
    rooms: int = 0
    """Rooms that have members on this instance now."""
    members: int = 0
    """Memberships now: each client counts once a room or pattern."""
    messages_in: int = 0
    """WebSocket messages that clients sent."""
    deliveries: int = 0
    """Messages given to clients' connections, each client counted."""
    errors: int = 0
    """Requests that were answered with an error."""
    slow_consumers: int = 0
    """Clients that were disconnected because they read too slowly."""
    heartbeats_missed: int = 0
    """Clients that were disconnected because they did not answer the heartbeat."""
    hook_calls: int = 0
    """Requests that were put to hooks."""
    hook_timeouts: int = 0
    """Hook requests that were denied because no answer came in time."""
    hook_requests: int = 0
    """Hook requests that are waiting for an answer now."""
    hook_notices: int = 0
    """Notifications that were handed to hooks."""
    hook_notices_dropped: int = 0
    """Notifications that were dropped because too many waited for the host."""
    queue_bytes: int = 0
    """Bytes that wait in clients' send queues now."""
    bad_proxy_headers: int = 0
    """Connections of trusted proxies that were closed for want of a PROXY header."""
    forwarded_ignored: int = 0
    """Clients whose X-Forwarded-For was ignored, since they did not come from a trusted proxy."""
    bus_online: int = 0
    """1 while messages go through Redis; this and what follows stays 0 without Redis."""
    bus_messages_in: int = 0
    """Messages of rooms that came from Redis, own ones too."""
    bus_messages_out: int = 0
    """Messages that were published to Redis."""
    bus_reconnects: int = 0
    """Times that one of the two connections to Redis was lost."""
    bus_subscriptions: int = 0
    """Subscriptions at Redis now."""
    bus_uncertain: int = 0
    """Publishes whose answer was lost with the connection."""
    bus_refused: int = 0
    """Publishes that Redis refused."""
    bus_too_large: int = 0
    """Messages from Redis that were skipped: they were too long, or had too large a head."""
    bus_malformed: int = 0
    """Messages from Redis that were skipped: they began as an envelope and were none."""
    bus_unknown_version: int = 0
    """Messages from Redis that were skipped: their envelope had a version that is not known."""
    outbox_messages: int = 0
    """Messages that wait for Redis now."""
    outbox_dropped: int = 0
    """Messages that were dropped because they waited too long, or too many did."""
    probe_round_trip_us: int = 0
    """How long the last probe through Redis took, in microseconds."""


class CloseCode(IntEnum):
    """Why a connection ends, as the client is told."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS = 1005
    ABNORMAL = 1006
    BAD_PAYLOAD = 1007
    POLICY_VIOLATION = 1008
    TOO_LARGE = 1009
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    # Come back at once.
    SESSION_MOVED = 4000
    # Come back with back-off.
    SLOW_CONSUMER = 4100
    RATE_LIMITED = 4101
    TOO_MANY_CONNECTIONS = 4102
    HEARTBEAT_MISSED = 4103
    # Get new credentials first.
    EXPIRED = 4200
    REFUSED = 4201
    # Do not come back.
    DISCONNECTED = 4300
    REPLACED = 4301
    FORBIDDEN = 4302
