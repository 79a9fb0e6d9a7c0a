"""A chat with names, a rule, and a bot: python examples/chat.py, then open the page that it names.

Clients say who they are in the URL: ws://127.0.0.1:8080/?name=ann
"""

import asyncio
import os
import signal
from datetime import UTC, datetime
from urllib.parse import parse_qs

import fanwire

server = fanwire.Server(port=int(os.environ.get("PORT", "8080")), demo=True)


@server.on_connect
def who(request: fanwire.ConnectRequest) -> fanwire.ConnectDecision:
    """Who may come in. What Accept says about the user stands in its messages, and cannot be forged."""
    name = parse_qs(request.query).get("name", ["guest"])[0]
    if name == "host":
        return fanwire.Reject(fanwire.CloseCode.FORBIDDEN, "that name is taken")
    return fanwire.Accept(user=name)


@server.on_message
async def moderate(request: fanwire.MessageRequest) -> fanwire.MessageDecision:
    """What becomes of a message. A hook may take its time: only the client that it is about waits."""
    text = request.text
    if request.room is None:
        return fanwire.Refuse(message="Talk in a room, not to everybody.")
    if not isinstance(text, str):
        return True
    if text == "/time":
        now = datetime.now(UTC).isoformat()
        await server.publish(request.room, user="host", text=f"{request.user} wants to know: it is {now}")
        return fanwire.Drop()
    if text == "/whoami":
        await server.send(request.client, {"user": request.user, "client": request.client})
    shouts = text.isupper() and len(text) >= 4
    return fanwire.Change(text=text.lower()) if shouts else True


async def main() -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await server.start()
    print(f"chat at {server.url} and {server.url.replace('ws', 'http', 1)}demo", flush=True)
    await stopping.wait()
    await server.stop(drain=1)


if __name__ == "__main__":
    asyncio.run(main())
