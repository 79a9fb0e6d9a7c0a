"""The options of a server."""

from collections.abc import Sequence
from typing import Literal, TypedDict


class ServerOptions(TypedDict, total=False):
    """What a server is set up with. Durations are seconds.

    `fanwire serve --help` says what each means, with its default, its bounds, and what zero means.
    """

    host: str
    port: int
    shards: int
    reuse_port: bool
    origins: Sequence[str]
    trusted_proxies: Sequence[str]
    proxy_protocol: bool
    demo: bool
    metrics: str
    max_message_in_bytes: int
    max_message_out_bytes: int
    max_json_depth: int
    max_room_name_bytes: int
    max_id_bytes: int
    max_rooms_per_client: int
    max_rooms: int
    max_connections: int
    max_queue_bytes: int
    max_header_bytes: int
    allow_patterns: bool
    handshake_timeout: float
    heartbeat_interval: float
    heartbeat_timeout: float
    hook_timeout: float
    max_hook_requests: int
    max_hook_requests_per_client: int
    drain_timeout: float
    redis: str
    redis_password_file: str
    redis_ca_file: str
    redis_certificate_file: str
    redis_key_file: str
    redis_server_name: str
    redis_connect_timeout: float
    redis_command_timeout: float
    probe_interval: float
    probe_timeout: float
    unsubscribe_linger: float
    max_outbox_messages: int
    max_outbox_bytes: int
    outbox_timeout: float
    room_prefix: str
    broadcast_channel: str
    key_prefix: str
    flush_hold_percent: int


class OptionInfo(TypedDict):
    """One entry of the core's option table. Durations are milliseconds here."""

    name: str
    kind: Literal["text", "text_list", "flag", "number", "bytes", "duration"]
    initial: str | list[str] | bool | int
    least: int
    most: int
    zero: str
    help: str
