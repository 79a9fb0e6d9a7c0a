"""Hooks: what they are asked, what they may answer, and what becomes of those that misbehave."""

import asyncio
import contextvars
import logging
import threading
import time

import fanwire
import pytest


def plain(function):
    return function


def asynchronous(function):
    async def hook(request):
        await asyncio.sleep(0)
        return function(request)

    return hook


def unhurried(function):
    async def hook(request):
        return function(request)

    return hook


both = pytest.mark.parametrize("kind", [plain, asynchronous, unhurried])


@pytest.fixture
def errors(caplog):
    """The error lines of the log so far."""
    caplog.set_level(logging.WARNING, "fanwire")
    return lambda: [record for record in caplog.records if record.levelno == logging.ERROR]


@both
async def test_on_connect_is_told_about_the_upgrade(connect, kind):
    seen = []
    server = fanwire.Server(port=0, on_connect=kind(lambda request: seen.append(request)))
    async with server:
        headers = [("X-Two", "a"), ("X-Two", "b"), ("Cookie", "c=1"), ("Cookie", "d=2")]
        async with connect(
            server, "a%20b?token=x", additional_headers=headers, subprotocols=["fanwire.v1"]
        ) as client:
            await client.ask("ping")
    (request,) = seen
    assert isinstance(request, fanwire.ConnectRequest)
    assert (request.path, request.query, request.subprotocol) == ("/a%20b", "token=x", "fanwire.v1")
    assert request.headers["x-two"] == "a, b"
    assert request.headers["cookie"] == "c=1; d=2"
    assert request.remote_address.startswith("127.0.0.1:")
    assert request.client in repr(request)


@both
async def test_an_accepted_user_overrides_what_the_client_says(connect, kind):
    server = fanwire.Server(port=0, on_connect=kind(lambda request: fanwire.Accept(user={"name": "ann"})))
    async with server, connect(server) as client:
        await client.join("chat:1")
        await client.send("message", roomId="chat:1", user="mallory", text="hi")
        assert (await client.receive())["user"] == {"name": "ann"}


@both
@pytest.mark.parametrize("answer", [None, True, fanwire.Accept()])
async def test_on_connect_lets_in(connect, kind, answer):
    server = fanwire.Server(port=0, on_connect=kind(lambda request: answer))
    async with server, connect(server) as client:
        await client.send("message", roomId="chat:1", user="bob", text="hi")
        await client.ask("ping")


@both
@pytest.mark.parametrize(
    ("answer", "code", "reason"),
    [
        (False, 4201, None),
        (fanwire.Reject(), 4201, None),
        (fanwire.Reject(4302, "not you"), 4302, "not you"),
        (fanwire.Reject(fanwire.CloseCode.TRY_AGAIN_LATER, "later"), 1013, "later"),
    ],
)
async def test_on_connect_rejects_with_code_and_reason(connect, kind, answer, code, reason):
    server = fanwire.Server(port=0, on_connect=kind(lambda request: answer))
    async with server, connect(server) as client:
        closed = await client.closed()
    assert closed[0] == code
    assert reason is None or closed[1] == reason


@both
async def test_on_message_is_told_about_the_message(connect, kind):
    seen = []
    server = fanwire.Server(port=0, on_message=kind(lambda request: seen.append(request)))
    async with server, connect(server) as client:
        await client.say("chat:1", "hi", user="bob", data=[1])
        await client.ask("message", text=None)
    first, second = seen
    assert isinstance(first, fanwire.MessageRequest)
    assert (first.room, first.text, first.data, first.user) == ("chat:1", "hi", [1], None)
    assert first.payload.startswith(b'{"type":"message","user":"bob","text":"hi","data":[1],"timestamp":')
    assert (second.room, second.text, second.data) == (None, None, None)
    assert first.client == second.client
    assert "chat:1" in repr(first)
    assert "everybody" in repr(second)


async def test_on_message_is_told_the_user_that_on_connect_accepted(connect):
    seen = []
    server = fanwire.Server(port=0)
    server.on_connect(lambda request: fanwire.Accept(user=["ann"]))
    server.on_message(lambda request: seen.append(request.user))
    async with server, connect(server) as client:
        await client.say("chat:1", "hi", user="mallory")
    assert seen == [["ann"]]


@both
async def test_on_message_decides(connect, kind):
    answers = {
        "none": None,
        "true": True,
        "allow": fanwire.Allow(),
        "change": fanwire.Change(text="changed", data=None),
        "drop": fanwire.Drop(),
        "false": False,
        "refuse": fanwire.Refuse(),
        "told": fanwire.Refuse("rate_limited", "slower"),
    }
    server = fanwire.Server(port=0, on_message=kind(lambda request: answers[request.text]))
    async with server, connect(server) as client, connect(server) as member:
        await member.join("chat:1")
        told = {text: await client.say("chat:1", text) for text in answers}
        heard = [await member.receive() for _ in range(4)]
    assert [message["text"] for message in heard] == ["none", "true", "allow", "changed"]
    assert heard[3]["data"] is None
    assert told["none"]["type"] == told["change"]["type"] == "ack"
    assert told["drop"] == {"type": "ack", "id": "asked", "dropped": True}
    assert told["false"]["code"] == told["refuse"]["code"] == "forbidden"
    assert (told["told"]["code"], told["told"]["message"]) == ("rate_limited", "slower")


@both
async def test_an_exception_denies_and_is_logged_once(connect, kind, errors):
    def fail(request):
        raise LookupError("no such thing")

    server = fanwire.Server(port=0, on_message=kind(fail))
    async with server, connect(server) as client, connect(server) as member:
        await member.join("chat:1")
        assert (await client.say("chat:1", "hi"))["type"] == "error"
        assert (await member.ask("ping"))["type"] == "pong"
    (record,) = errors()
    assert record.name == "fanwire"
    assert "on_message" in record.getMessage() and "chat:1" in record.getMessage()
    assert record.exc_info[0] is LookupError
    assert record.exc_info[2].tb_next or record.exc_info[2].tb_frame


@both
async def test_an_exception_on_connect_keeps_the_client_out(connect, kind, errors):
    def fail(request):
        raise LookupError("no such thing")

    async with fanwire.Server(port=0, on_connect=kind(fail)) as server, connect(server) as client:
        code, _ = await client.closed()
    assert code not in (None, 1000, 1006)
    assert len(errors()) == 1


@both
@pytest.mark.parametrize(
    "answer",
    [fanwire.Accept(), 1, "yes", fanwire.Change(text=float("nan")), fanwire.Refuse("no_such_code"), object()],
    ids=lambda answer: type(answer).__name__,
)
async def test_what_is_no_decision_denies_and_is_logged(connect, kind, answer, errors):
    server = fanwire.Server(port=0, on_message=kind(lambda request: answer))
    async with server, connect(server) as client:
        assert (await client.say("chat:1", "hi"))["type"] == "error"
    (record,) = errors()
    assert record.exc_info[0] in (TypeError, ValueError)


@pytest.mark.parametrize("answer", [fanwire.Drop(), fanwire.Reject(1005), fanwire.Reject(70_000)])
async def test_what_is_no_decision_keeps_the_client_out(connect, answer, errors):
    async with fanwire.Server(port=0, on_connect=lambda request: answer) as server, connect(server) as client:
        code, _ = await client.closed()
    assert code not in (None, 1000, 1006)
    assert len(errors()) == 1


async def test_what_clients_provoke_does_not_flood_the_log(connect, errors):
    def fail(request):
        raise LookupError("no such thing")

    async with fanwire.Server(port=0, on_message=fail) as server, connect(server) as client:
        for _ in range(200):
            await client.send("message", roomId="chat:1", text="hi")
        await client.say("chat:1", "last")
    assert 10 <= len(errors()) <= 40


async def test_an_async_hook_that_never_ends_only_denies(connect, until):
    ended = []

    async def hang(request):
        if request.text == "hang":
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(asyncio.current_task().cancelling())

    server = fanwire.Server(port=0, on_message=hang, hook_timeout=0.2)
    async with server, connect(server) as client, connect(server) as other:
        await other.join("chat:1")
        hanging = asyncio.create_task(client.say("chat:1", "hang"))
        assert (await other.say("chat:1", "meanwhile"))["type"] == "ack"
        assert (await hanging)["code"] == "timeout"
        await until(lambda: ended == [1])
        assert server.stats().hook_timeouts == 1
        assert server.stats().hook_requests == 0


async def test_a_plain_hook_that_blocks_only_denies(connect):
    """The hook sits on the loop's thread; the client, which is elsewhere, is told in time."""
    release = threading.Event()
    told = {}

    def block(request):
        if request.text == "block":
            release.wait(10)

    async def ask_from_elsewhere(url):
        class Elsewhere:
            pass

        elsewhere = Elsewhere()
        elsewhere.url = url
        async with connect(elsewhere) as client:
            started = time.monotonic()
            told["answer"] = await client.say("chat:1", "block")
            told["after"] = time.monotonic() - started
            release.set()
            told["next"] = await client.say("chat:1", "next")

    server = fanwire.Server(port=0, on_message=block, hook_timeout=0.2)
    async with server:
        await asyncio.to_thread(lambda: asyncio.run(ask_from_elsewhere(server.url)))
    assert told["answer"]["code"] == "timeout"
    assert told["after"] < 2
    assert told["next"]["type"] == "ack"


async def test_requests_whose_time_is_over_are_not_put_to_the_hook(connect):
    seen = []

    def block(request):
        seen.append(request.text)
        if request.text == 0:
            time.sleep(0.5)  # holds up the loop: what waits behind it goes stale

    async def talk(url):
        class Elsewhere:
            pass

        elsewhere = Elsewhere()
        elsewhere.url = url
        async with connect(elsewhere) as client:
            for n in range(20):
                await client.send("message", roomId="chat:1", text=n)
            assert (await client.say("chat:1", "late"))["code"] == "timeout"

    server = fanwire.Server(port=0, on_message=block, hook_timeout=0.1)
    async with server:
        await asyncio.to_thread(lambda: asyncio.run(talk(server.url)))
        await server.publish("chat:1")
    assert seen == [0]


async def test_answers_after_the_client_has_gone_are_nothing(connect, until, errors):
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def wait(request):
        asked.set()
        await go_on.wait()
        return fanwire.Change(text="late")

    server = fanwire.Server(port=0, on_message=wait)
    async with server:
        async with connect(server) as client:
            await client.send("message", roomId="chat:1", text="hi")
            await asked.wait()
        await until(lambda: server.stats().connections == 0)
        go_on.set()
        async with connect(server) as client:
            assert (await client.say("chat:1", "hi"))["type"] == "ack"
    assert errors() == []


UPGRADE = b"""GET / HTTP/1.1\r
Host: 127.0.0.1\r
Upgrade: websocket\r
Connection: Upgrade\r
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
Sec-WebSocket-Version: 13\r
\r
"""


async def test_answers_to_a_client_that_gave_up_connecting_are_nothing(connect, until, errors):
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def wait(request):
        asked.set()
        await go_on.wait()
        return fanwire.Accept(user="late")

    async with fanwire.Server(port=0, on_connect=wait) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(UPGRADE)
        await asked.wait()
        writer.transport.abort()
        go_on.set()
        async with connect(server) as client:
            await client.ask("ping")
        await until(lambda: server.stats().connections == 0)
    assert errors() == []


async def test_decisions_take_effect_in_the_clients_order(connect):
    gates = [asyncio.Event() for _ in range(8)]

    async def wait(request):
        await gates[request.data].wait()

    async with fanwire.Server(port=0, on_message=wait) as server, connect(server) as client:
        await client.join("chat:1")
        for n in range(8):
            await client.send("message", roomId="chat:1", data=n)
        for gate in reversed(gates):
            gate.set()
            await asyncio.sleep(0)
        assert [(await client.receive())["data"] for _ in range(8)] == list(range(8))


async def test_hooks_see_the_context_of_the_start_each_its_own_copy(connect):
    variable = contextvars.ContextVar("variable", default="unset")
    seen = []

    def look(request):
        seen.append(variable.get())
        variable.set("changed by a hook")

    async def look_later(request):
        seen.append(variable.get())
        variable.set("changed by a hook")
        await asyncio.sleep(0)
        seen.append(variable.get())

    for hook in (look, look_later):
        token = variable.set("of the start")
        server = fanwire.Server(port=0, on_message=hook)
        await server.start()
        variable.reset(token)
        async with server, connect(server) as client:
            await client.say("chat:1", 1)
            await client.say("chat:1", 2)
    changed = "changed by a hook"
    assert seen == ["of the start", "of the start", "of the start", changed, "of the start", changed]
    assert variable.get() == "unset"


async def test_async_hooks_may_use_what_needs_a_task(connect):
    async def careful(request):
        async with asyncio.timeout(5):
            await asyncio.sleep(0)
        return fanwire.Change(text=asyncio.current_task() is not None)

    async with fanwire.Server(port=0, on_message=careful) as server, connect(server) as client:
        await client.join("chat:1")
        await client.send("message", roomId="chat:1", text="hi")
        assert (await client.receive())["text"] is True


async def test_hooks_may_publish_and_send(connect):
    server = fanwire.Server(port=0)

    @server.on_message
    async def echo(request):
        await server.send(request.client, request.text)
        await server.publish("log", text=request.text)
        server.publish_blocking("log", data=request.text)
        return fanwire.Drop()

    async with server, connect(server) as client:
        await client.join("log")
        await client.send("message", roomId="chat:1", text="hi")
        assert (await client.receive()) == {"type": "direct", "data": "hi"}
        assert (await client.receive())["text"] == "hi"
        assert (await client.receive())["data"] == "hi"


async def test_any_awaitable_will_do(connect):
    class Later:
        def __await__(self):
            yield from asyncio.sleep(0).__await__()
            return fanwire.Change(text="later")

    def future(request):
        made = asyncio.get_running_loop().create_future()
        made.set_result(fanwire.Change(text="later"))
        return made

    for hook in (lambda request: Later(), future):
        async with fanwire.Server(port=0, on_message=hook) as server, connect(server) as client:
            await client.join("chat:1")
            await client.send("message", roomId="chat:1", text="hi")
            assert (await client.receive())["text"] == "later"


@both
async def test_hooks_run_without_a_loop_of_the_hosts(connect, kind):
    threads = []

    def change(request):
        threads.append(threading.current_thread())
        return fanwire.Change(text=request.text.upper())

    with fanwire.Server(port=0, on_message=kind(change)) as server:
        async with connect(server) as client:
            await client.join("chat:1")
            await client.send("message", roomId="chat:1", text="hi")
            assert (await client.receive())["text"] == "HI"
    assert threads[0] is not threading.main_thread()
    assert not threads[0].is_alive()


async def test_hooks_are_set_once_and_before_the_start():
    server = fanwire.Server(port=0)

    @server.on_connect
    def check(request):
        return True

    with pytest.raises(RuntimeError, match="on_connect"):
        server.on_connect(check)
    async with server:
        with pytest.raises(RuntimeError, match="before the server starts"):
            server.on_message(lambda request: None)
    server.on_message(lambda request: None)


async def test_the_state_of_a_bus_in_memory_never_changes(connect):
    told = []
    server = fanwire.Server(port=0, on_bus_state=told.append)
    async with server, connect(server) as client:
        await client.join("chat:1")
        assert server.stats().hook_notices == 0
    assert told == []


def test_requests_cannot_be_made_or_changed():
    with pytest.raises(TypeError):
        fanwire.MessageRequest()
    with pytest.raises(TypeError):
        fanwire.MessageRequest.text = "x"


async def test_numbers_that_python_refuses_deny_their_sender_only(connect, errors):
    server = fanwire.Server(port=0, on_message=lambda request: request.data is not None)
    async with server, connect(server) as client:
        await client.socket.send('{"type":"message","id":"asked","roomId":"a","data":' + "9" * 5000 + "}")
        assert (await client.receive())["type"] == "error"
        assert (await client.say("a", "hi", data=1))["type"] == "ack"
    assert len(errors()) == 1
