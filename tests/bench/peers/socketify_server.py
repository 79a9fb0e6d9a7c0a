"""The textbook protocol on PyPI's socketify: rooms are topics of uWebSockets, `app.publish` fans out in C++.

usage: python socketify_server.py PORT      (path /echo: sends everything back)
"""

import json
import sys
import time

from socketify import App, AppListenOptions, OpCode

BACKLOG_BYTES = 64 * 1024 * 1024
LIMITS = {"compression": 0, "max_payload_length": BACKLOG_BYTES, "max_backpressure": BACKLOG_BYTES}

app = App()


def encode(message):
    present = {name: value for name, value in message.items() if value is not None}
    return json.dumps(present, separators=(",", ":"), ensure_ascii=False)


def on_message(socket, data, _opcode):
    request = json.loads(data)
    kind, room = request.get("type"), request.get("roomId")
    if kind == "join":
        socket.subscribe(f"room:{room}")
        socket.send(encode({"type": "joined", "roomId": room}), OpCode.TEXT)
    elif kind == "leave":
        socket.unsubscribe(f"room:{room}")
    elif kind == "message":
        message = {
            "type": "message",
            "user": request.get("user"),
            "text": request.get("text"),
            "timestamp": time.time_ns() // 1_000_000,
        }
        app.publish(f"room:{room}" if room else "broadcast", encode(message), OpCode.TEXT)


app.ws("/echo", {**LIMITS, "message": lambda socket, data, opcode: socket.send(data, opcode)})
app.ws("/*", {**LIMITS, "open": lambda socket: socket.subscribe("broadcast"), "message": on_message})
app.listen(
    AppListenOptions(host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 0),
    lambda config: print(f"listening {config.port}", flush=True),
)
# `app.run()` polls without ever waiting, and would be charged for it; libuv's own loop waits.
app.loop.uv_loop.run()
