"""What type checkers must let pass, and what they must know about it."""

import asyncio
from typing import Any, assert_type

import fanwire

server = fanwire.Server(host="127.0.0.1", port=0, origins=["*"], hook_timeout=2.5, demo=True)


@server.on_connect
async def check(request: fanwire.ConnectRequest) -> fanwire.Accept | fanwire.Reject:
    assert_type(request.headers, dict[str, str])
    if "token" not in request.query:
        return fanwire.Reject(fanwire.CloseCode.FORBIDDEN, "no token")
    return fanwire.Accept(user={"name": request.path})


@server.on_message
def filter_message(request: fanwire.MessageRequest) -> fanwire.MessageDecision:
    assert_type(request.room, str | None)
    assert_type(request.payload, bytes)
    assert_type(request.text, Any)
    if request.room is None:
        return False
    if request.text == "":
        return fanwire.Drop()
    return fanwire.Change(text=str(request.text).strip())


@server.on_bus_state
def watch(notice: fanwire.BusStateNotice) -> None:
    assert_type(notice.state, fanwire.BusState)
    assert_type(notice.since, float)


def nothing(request: fanwire.MessageRequest) -> None:
    print(request.room)


fanwire.Server(on_connect=check, on_message=nothing)
fanwire.Server(on_message=lambda request: request.text != "no")


async def main() -> None:
    async with server as same:
        assert_type(same, fanwire.Server)
        assert_type(await server.publish("chat:1", text="hi", data=None), fanwire.PublishResult)
        assert_type(await server.publish(None, user=fanwire.ABSENT), fanwire.PublishResult)
        await server.publish_raw("chat:1", b"{}")
        assert_type(await server.send("1-1", [1, 2]), fanwire.SendResult)
        assert_type(server.stats().connections, int)
        assert_type(server.url, str)
        await asyncio.gather(server.publish("a"), server.send("1-1", None))
        try:
            await server.publish("a::b")
        except fanwire.BadRoomError as error:
            assert_type(error.code, str)


with fanwire.Server(port=0) as blocking:
    assert_type(blocking.publish_blocking("chat:1", text="hi").local, bool)
    assert_type(blocking.send_blocking("1-1", {}), fanwire.SendResult)

options: fanwire.ServerOptions = {"port": 0, "heartbeat_interval": 25}
fanwire.Server(**options)
