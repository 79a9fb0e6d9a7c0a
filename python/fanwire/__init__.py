"""A real-time server that lives inside your application.

async with fanwire.Server(port=8080) as server:
    await server.publish("chat:1", user="host", text="welcome")
"""

from fanwire._bridge import ConnectRequest, DisconnectNotice, JoinRequest, LeaveNotice, MessageRequest
from fanwire._bridge import version as __version__
from fanwire.decisions import (
    ABSENT,
    Absent,
    Accept,
    Allow,
    Change,
    ConnectDecision,
    Drop,
    JoinDecision,
    MessageDecision,
    Refuse,
    Reject,
)
from fanwire.errors import (
    BadRequestError,
    BadRoomError,
    ExpiredError,
    FanwireError,
    ForbiddenError,
    ForkedError,
    GapError,
    InternalError,
    LimitReachedError,
    NoHistoryError,
    NotMemberError,
    NotRunningError,
    RateLimitedError,
    TimeoutError,
    TooLargeError,
    UnavailableError,
    UncertainError,
    UnknownTypeError,
)
from fanwire.notices import BusState, BusStateNotice
from fanwire.options import ServerOptions
from fanwire.results import CloseCode, PublishResult, SendResult, Stats
from fanwire.server import Server

__all__ = [
    "ABSENT",
    "Absent",
    "Accept",
    "Allow",
    "BadRequestError",
    "BadRoomError",
    "BusState",
    "BusStateNotice",
    "Change",
    "CloseCode",
    "ConnectDecision",
    "ConnectRequest",
    "DisconnectNotice",
    "Drop",
    "ExpiredError",
    "FanwireError",
    "ForbiddenError",
    "ForkedError",
    "GapError",
    "InternalError",
    "JoinDecision",
    "JoinRequest",
    "LeaveNotice",
    "LimitReachedError",
    "MessageDecision",
    "MessageRequest",
    "NoHistoryError",
    "NotMemberError",
    "NotRunningError",
    "PublishResult",
    "RateLimitedError",
    "Refuse",
    "Reject",
    "SendResult",
    "Server",
    "ServerOptions",
    "Stats",
    "TimeoutError",
    "TooLargeError",
    "UnavailableError",
    "UncertainError",
    "UnknownTypeError",
    "__version__",
]
