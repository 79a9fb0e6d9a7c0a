"""A host behind a balancer: prints who connects, and drains when it is told to. Its options come as JSON."""

import asyncio
import dataclasses
import json
import sys

import fanwire


async def main() -> None:
    server = fanwire.Server(port=0, **json.loads(sys.argv[1]))

    @server.on_connect
    def see(request: fanwire.ConnectRequest) -> None:
        print(f"connect {request.query} {request.remote_address}", flush=True)

    await server.start()
    print(f"listening {server.port}", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.startswith("drain "):
            await server.stop(drain=float(line.split()[1]))
            print("drained", flush=True)
        elif line.startswith("stats"):
            print("stats " + json.dumps(dataclasses.asdict(server.stats())), flush=True)


asyncio.run(main())
