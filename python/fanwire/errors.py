"""What can go wrong.

FanwireError
├── BadRequestError      bad_request     a value is not JSON, or not what the call takes
├── UnknownTypeError     unknown_type    a request's type is none that the server knows
├── BadRoomError         bad_room        the room name is empty, too long, or has an empty segment
├── ForbiddenError       forbidden       the host, or an option, does not allow it
├── NotMemberError       not_member      the client is not in the room
├── TooLargeError        too_large       a message is over its size limit
├── RateLimitedError     rate_limited    too many requests in too short a time
├── LimitReachedError    limit_reached   a limit on how many there may be has been reached
├── NoHistoryError       no_history      the room keeps no history
├── GapError             gap             messages were lost, or may have been
├── UnavailableError     unavailable     the server or the bus cannot do it now
├── UncertainError       uncertain       the connection to the bus broke: it may have happened or not
├── TimeoutError         timeout         no answer came in time (a builtin TimeoutError, too)
├── ExpiredError         expired         credentials have ended
├── InternalError        internal        a fault of the server's own
├── NotRunningError      not_running     the server is not running
└── ForkedError          forked          the server was started before the process was forked

Besides these: ValueError and TypeError for options and arguments, and OSError where the system refuses (an
address in use).
"""

import builtins
from typing import ClassVar, Final


class FanwireError(Exception):
    """What all errors of fanwire are. `code` is the name that clients and other hosts know it by."""

    code: ClassVar[str] = ""


class BadRequestError(FanwireError):
    code = "bad_request"


class UnknownTypeError(FanwireError):
    code = "unknown_type"


class BadRoomError(FanwireError):
    code = "bad_room"


class ForbiddenError(FanwireError):
    code = "forbidden"


class NotMemberError(FanwireError):
    code = "not_member"


class TooLargeError(FanwireError):
    code = "too_large"


class RateLimitedError(FanwireError):
    code = "rate_limited"


class LimitReachedError(FanwireError):
    code = "limit_reached"


class NoHistoryError(FanwireError):
    code = "no_history"


class GapError(FanwireError):
    code = "gap"


class UnavailableError(FanwireError):
    code = "unavailable"


class UncertainError(FanwireError):
    code = "uncertain"


class TimeoutError(FanwireError, builtins.TimeoutError):
    code = "timeout"


class ExpiredError(FanwireError):
    code = "expired"


class InternalError(FanwireError):
    code = "internal"


class NotRunningError(FanwireError):
    code = "not_running"


class ForkedError(FanwireError):
    code = "forked"


ERRORS: Final[dict[str, type[Exception]]] = {kind.code: kind for kind in FanwireError.__subclasses__()}
"""Each error by its code."""
