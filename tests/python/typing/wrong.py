"""What type checkers must refuse: each line is wrong, and an ignore that ignores nothing is an error."""

import fanwire

server = fanwire.Server(prot=8080)  # type: ignore[call-arg]
fanwire.Server(port="8080")  # type: ignore[arg-type]
fanwire.Server(on_message=lambda request: fanwire.Accept())  # type: ignore[arg-type, return-value]
fanwire.Server(8080)  # type: ignore[call-arg, arg-type]


@server.on_connect  # type: ignore[type-var]
def drops(request: fanwire.ConnectRequest) -> fanwire.Drop:
    return fanwire.Drop()


@server.on_message  # type: ignore[type-var]
def wants_something_else(request: int) -> None: ...


def assigns(request: fanwire.MessageRequest) -> None:
    request.room = "elsewhere"  # type: ignore[misc]
    fanwire.MessageRequest(room="elsewhere")  # type: ignore[call-arg]


async def main() -> None:
    await server.publish("chat:1", "hi")  # type: ignore[call-arg]
    await server.publish(7)  # type: ignore[arg-type]
    await server.send(None, "x")  # type: ignore[arg-type]
    fanwire.Change("text")  # type: ignore[call-arg]
    server.port = 1  # type: ignore[misc]
