"""A Python host that writes down each state of the bus; it publishes each line of standard input."""

import asyncio
import json
import sys

import fanwire

server = fanwire.Server(port=0, redis=sys.argv[1])


@server.on_bus_state
async def told(notice: fanwire.BusStateNotice) -> None:
    assert isinstance(notice.state, fanwire.BusState)
    print(json.dumps([notice.state, notice.since * 1000, notice.outbox_messages]), flush=True)
    raise RuntimeError("an exception harms nothing")


async def main() -> None:
    async with server:
        while line := await asyncio.to_thread(sys.stdin.readline):
            await server.publish("states", text=line.strip())


asyncio.run(main())
