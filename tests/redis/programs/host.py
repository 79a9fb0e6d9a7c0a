"""A Python host: serves, and publishes each line of standard input, which is a JSON list of room and text."""

import asyncio
import json
import sys

import fanwire


async def main(redis: str) -> None:
    async with fanwire.Server(port=0, redis=redis) as server:
        print(f"listening {server.port}", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            room, text = json.loads(line)
            try:
                result = (await server.publish(room, user="python", text=text))._asdict()
            except fanwire.FanwireError as failed:
                result = {"error": failed.code}
            print(f"published {json.dumps(result)}", flush=True)


asyncio.run(main(sys.argv[1]))
