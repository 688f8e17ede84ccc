"""A server that speaks as OpenAI's do: what it answers, and how it fails, a test says."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Manners:
    """How a server behaves: `answer` makes what it writes of what it is sent; `statuses` are those of its first answers; it breaks off
    behind `breaks_after` pieces; `garbage` is sent instead of anything."""

    answer: Callable[[str], str] = lambda prompt: "not found"
    models: list[dict[str, Any]] = field(default_factory=lambda: [{"id": "small", "max_model_len": 8192}])
    statuses: list[int] = field(default_factory=list)
    logprobs: bool = True
    refuses_logprobs: bool = False
    breaks_after: int | None = None
    garbage: bytes | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@contextmanager
def serving(manners: Manners) -> Iterator[str]:
    """The address of such a server, while it runs."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *rest: Any) -> None:
            pass

        def reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            manners.keys.append(self.headers["Authorization"])
            self.reply(200, json.dumps({"data": manners.models}).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            manners.asked.append(body)
            if manners.statuses and (status := manners.statuses.pop(0)) != 200:
                self.reply(status, b'{"error": {"message": "try again\\u001b[31m later"}}')
                return
            if manners.refuses_logprobs and "logprobs" in body:
                self.reply(400, b'{"error": {"message": "logprobs are not known here"}}')
                return
            self.send_response(200)
            self.end_headers()
            if manners.garbage is not None:
                self.wfile.write(manners.garbage)
                return
            words = manners.answer(body["messages"][0]["content"]).split(" ")
            for number, word in enumerate(words):
                if number == manners.breaks_after:
                    return
                piece: dict[str, Any] = {"delta": {"content": f"{' ' * (number > 0)}{word}"}, "finish_reason": None}
                if manners.logprobs and "logprobs" in body:
                    piece["logprobs"] = {"content": [{"token": word, "logprob": -0.1}]}
                self.wfile.write(f"data: {json.dumps({'choices': [piece]})}\n\n".encode())
            self.wfile.write(b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n')

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            # One who has read enough hangs up, which is no error; and what is said of it lands in the output of the command under test.
            if not isinstance(sys.exc_info()[1], ConnectionError):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
