"""The harness that judges the Redis bus: real Redis, faults that prove themselves, ledgers, raw clients."""

from .certificates import Certificates
from .fault_proxy import FaultProxy
from .instance import Instance, TextbookServer
from .ledger import Ledger, Member, Sent
from .process import Process, free_port
from .raw_client import Frame, RawClient
from .redis_server import RedisServer
from .resp_link import Published, RespError, RespLink, Subscriber
from .rig import Rig
from .sender import Sender
from .waiting import until
from .witness import Witness

__all__ = [
    "Certificates",
    "FaultProxy",
    "Frame",
    "Instance",
    "Ledger",
    "Member",
    "Process",
    "Published",
    "RawClient",
    "RedisServer",
    "RespError",
    "RespLink",
    "Rig",
    "Sender",
    "Sent",
    "Subscriber",
    "TextbookServer",
    "Witness",
    "free_port",
    "until",
]
