"""A real server on loopback that does to its clients what providers do: one fault at a time, over raw sockets.

A fault says how it is played when a whole answer is asked for and when a stream is, and which failure each must be.
`None` in place of a code: the fault does not exist there. A new surface takes FAULTS and asserts what its users read.
"""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

OK = "HTTP/1.1 200 OK"
JSON = "content-type: application/json"
EVENTS = "content-type: text/event-stream"


class Wire:
    """One connection with a client that has asked something."""

    def __init__(self, connection: socket.socket, request: dict[str, Any], ended: threading.Event) -> None:
        self.request = request
        self.stream = bool(request.get("stream"))
        self._connection = connection
        self._ended = ended

    def send(self, data: str | bytes) -> None:
        self._connection.sendall(data.encode() if isinstance(data, str) else data)

    def head(self, *lines: str, status: str = OK) -> None:
        self.send("\r\n".join([status, *lines, "connection: close", "", ""]))

    def status(self, status: int, *headers: str, body: str = '{"error": {"message": "no"}}') -> None:
        self.head(*headers, JSON, f"content-length: {len(body.encode())}", status=f"HTTP/1.1 {status} X")
        self.send(body)

    def json(self, body: object) -> None:
        self.status(200, body=body if isinstance(body, str) else json.dumps(body))

    def delta(self, text: str | None = None, *, finish: str | None = None, **more: Any) -> None:
        content = {} if text is None else {"content": text}
        choice = {"index": 0, "delta": {**content, **more}, "finish_reason": finish}
        self.send(f"data: {json.dumps({'choices': [choice]})}\n\n")

    def wait(self) -> None:
        """Keep the connection open and say nothing until the client has gone or the test is over."""
        self._connection.settimeout(0.02)
        while not self._ended.is_set():
            try:
                if not self._connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def repeat(self, data: str, pause: float = 0.01) -> None:
        """Send the same for ever, until the client has gone."""
        with suppress(OSError):
            while not self._ended.wait(pause):
                self.send(data)

    def reset(self) -> None:
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()


Play = Callable[[Wire], None]


def whole(wire: Wire, text: str | None, *, finish: str | None = "stop", **more: Any) -> None:
    """Answer in one piece."""
    message = {"role": "assistant", "content": text, **more}
    wire.json({"id": "c", "object": "chat.completion", "created": 0, "model": "m",
               "choices": [{"index": 0, "finish_reason": finish, "message": message}],
               "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}})  # fmt: skip


def streamed(wire: Wire, *texts: str, finish: str | None = "stop", done: bool = True) -> None:
    """Answer in a stream."""
    wire.head(EVENTS)
    wire.delta("", role="assistant")
    for text in texts:
        wire.delta(text)
    if finish:
        wire.delta(finish=finish)
    if done:
        wire.send("data: [DONE]\n\n")


class Fault(NamedTuple):
    """A fault: its name, how it is played, its code where a whole answer and where a stream is asked for."""

    name: str
    play: Play
    answer: str | None
    stream: str | None
    reason: str
    stream_reason: str | None = None  # where it is another than that of a whole answer
    begins: bool = False  # whether text has come before a stream fails
    waits: bool = False  # whether only a limit of time ends it

    def __str__(self) -> str:
        return self.name


def _status(status: int, *headers: str) -> Play:
    return lambda wire: wire.status(status, *headers)


def _hang(wire: Wire) -> None:
    wire.wait()


def _stall(wire: Wire) -> None:
    if wire.stream:
        wire.head(EVENTS)
        wire.delta("One")
        wire.delta(" two")
    else:
        wire.head(JSON, "content-length: 1000")
        wire.send('{"choices": [')
    wire.wait()


def _keep_alive(wire: Wire) -> None:
    wire.head(EVENTS if wire.stream else JSON)
    wire.repeat(": still here\n\n" if wire.stream else " ")


def _keep_alive_later(wire: Wire) -> None:
    wire.head(EVENTS)
    wire.delta("One")
    wire.repeat(": still here\n\n")


def _reset_midway(wire: Wire) -> None:
    if wire.stream:
        wire.head(EVENTS, "transfer-encoding: chunked")
        piece = 'data: {"choices": [{"index": 0, "delta": {"content": "One"}, "finish_reason": null}]}\n\n'
        wire.send(f"{len(piece):x}\r\n{piece}\r\n")
    else:
        wire.head(JSON, "content-length: 1000")
        wire.send('{"choices": [')
    wire.reset()


def _reset_unframed(wire: Wire) -> None:
    """Where only the end of the connection ends the body, a reset is an end without finish_reason."""
    wire.head(EVENTS)
    wire.delta("One")
    wire.reset()


def _unfinished(wire: Wire) -> None:
    if wire.stream:
        streamed(wire, "One", " two", finish=None, done=False)
    else:
        whole(wire, "{}", finish=None)


def _done_without_finish(wire: Wire) -> None:
    streamed(wire, "One", " two", finish=None)


def _finish(reason: str) -> Play:
    def play(wire: Wire) -> None:
        if wire.stream:
            streamed(wire, "One", finish=reason)
        else:
            whole(wire, "{", finish=reason)

    return play


def _refusal(wire: Wire) -> None:
    if wire.stream:
        wire.head(EVENTS)
        wire.delta(refusal="I can't help with that.")
        wire.delta(finish="stop")
    else:
        whole(wire, None, refusal="I can't help with that.")


def _choices(choices: object) -> Play:
    def play(wire: Wire) -> None:
        if wire.stream:
            wire.head(EVENTS)
            wire.send(f"data: {json.dumps({'choices': choices})}\n\ndata: [DONE]\n\n")
        else:
            wire.json({"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": choices})

    return play


def _body(body: str, content_type: str) -> Play:
    def play(wire: Wire) -> None:
        wire.head(content_type, f"content-length: {len(body)}")
        wire.send(body)

    return play


def _malformed_chunk(wire: Wire) -> None:
    wire.head(EVENTS)
    wire.delta("One")
    wire.send('data: {"choices": [{"delta": {"content": " tw\n\n')


def _error_event(wire: Wire) -> None:
    wire.head(EVENTS)
    wire.delta("One")
    wire.send('event: error\ndata: {"error": {"type": "overloaded_error", "message": "One two"}}\n\n')


def _error_body(wire: Wire) -> None:
    wire.json({"error": {"type": "overloaded_error", "message": "no"}})


def _endless(wire: Wire) -> None:
    if wire.stream:
        wire.head(EVENTS)
        chunk = json.dumps({"choices": [{"index": 0, "delta": {"content": "Team " * 200}, "finish_reason": None}]})
        wire.repeat(f"data: {chunk}\n\n" * 20, pause=0)
    else:
        wire.head(JSON)
        wire.repeat(" " * 100_000, pause=0)


def _endless_line(wire: Wire) -> None:
    wire.head(EVENTS)
    wire.repeat("data: " + "x" * 100_000, pause=0)


def _slow_body(wire: Wire) -> None:
    """Every piece comes in time and the whole does not: only a limit for the whole sees it."""
    if wire.stream:
        wire.head(EVENTS)
        piece = json.dumps({"choices": [{"index": 0, "delta": {"content": "."}, "finish_reason": None}]})
        wire.repeat(f"data: {piece}\n\n", pause=0.05)
    else:
        wire.head(JSON, "content-length: 100000")
        wire.repeat(" ", pause=0.05)


def _empty(wire: Wire) -> None:
    if wire.stream:
        streamed(wire)
    else:
        whole(wire, " ")


FAULTS = (
    Fault("429 with a short Retry-After", _status(429, "retry-after: 0"), "http-429", "http-429", "busy"),
    Fault("429 with a long Retry-After", _status(429, "retry-after: 3600"), "http-429", "http-429", "busy"),
    *(Fault(str(status), _status(status), f"http-{status}", f"http-{status}", "unreachable")
      for status in (500, 502, 503, 529)),
    *(Fault(str(status), _status(status), f"http-{status}", f"http-{status}", "rejected")
      for status in (400, 401, 403, 404, 422)),
    Fault("reset before headers", Wire.reset, "reset", "reset", "broken"),
    Fault("closed before headers", lambda _: None, "reset", "reset", "broken"),
    Fault("hang before headers", _hang, "timeout", "timeout", "late", waits=True),
    Fault("stall", _stall, "timeout", None, "late", waits=True),
    Fault("stall after two chunks", _stall, None, "stall", "broken", begins=True, waits=True),
    Fault("keep-alive only", _keep_alive, "deadline", "timeout", "late", waits=True),
    Fault("keep-alive only, after a chunk", _keep_alive_later, None, "stall", "broken", begins=True, waits=True),
    Fault("reset midway", _reset_midway, "reset", "reset", "broken", begins=True),
    Fault("reset of a body without a length", _reset_unframed, None, "unfinished", "broken", begins=True),
    Fault("no finish_reason", _unfinished, "unfinished", "unfinished", "broken", begins=True),
    Fault("[DONE] without finish_reason", _done_without_finish, None, "unfinished", "broken", begins=True),
    Fault("finish_reason length", _finish("length"), "unfinished", "unfinished", "broken", begins=True),
    Fault("content filter", _finish("content_filter"), "refusal", "refusal", "refused", begins=True),
    Fault("refusal", _refusal, "refusal", "refusal", "refused"),
    Fault("empty choices", _choices([]), "malformed", "unfinished", "unusable", "broken"),
    Fault("null choices", _choices(None), "malformed", "malformed", "unusable"),
    Fault("choices of another kind", _choices([7]), "malformed", "malformed", "unusable"),
    Fault("malformed JSON", _body('{"choices": [', JSON), "malformed", "malformed", "unusable"),
    Fault("HTML with 200", _body("<html>Sign in</html>", "content-type: text/html"), "malformed", "malformed", "unusable"),
    Fault("error body with 200", _error_body, "malformed", "error-event", "unusable", "broken"),
    Fault("malformed chunk", _malformed_chunk, None, "malformed", "unusable", begins=True),
    Fault("error event", _error_event, None, "error-event", "broken", begins=True),
    Fault("endless output", _endless, "endless", "endless", "unusable", begins=True),
    Fault("endless line", _endless_line, None, "malformed", "unusable"),
    Fault("slow body", _slow_body, "deadline", "deadline", "late", begins=True, waits=True),
    Fault("empty answer", _empty, "empty", "empty", "unusable"),
)  # fmt: skip


class FaultServer:
    """Plays `play` to whoever connects; `requests` keeps what was asked, `gone` tells that a client has left."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.left = threading.Event()
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        """End the server and every conversation."""
        self._ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._talk, connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with connection, suppress(OSError):
            request = self._read(connection)
            if request is not None:
                self.play(Wire(connection, request, self._ended))
        self.left.set()

    def _read(self, connection: socket.socket) -> dict[str, Any] | None:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65_536)
            data += piece
            if not piece or not data.startswith((b"P", b"G")):
                return None
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65_536)
        self.paths.append(first.split()[1])
        self.headers.append(headers)
        request: dict[str, Any] = json.loads(body or b"{}")
        self.requests.append(request)
        return request


@contextmanager
def serving(play: Play) -> Iterator[FaultServer]:
    """A server that plays a fault."""
    server = FaultServer(play)
    try:
        yield server
    finally:
        server.close()


Serve = Callable[[Play], FaultServer]
