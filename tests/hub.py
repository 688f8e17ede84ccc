"""A Hugging Face hub on this machine: one repository, as huggingface_hub asks for it."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "c0ffee" + "0" * 34


class Hub(ThreadingHTTPServer):
    """Serves the `files` of `repository`. A file named `stalled` stops halfway, and `seen` is set; `fetched` are those asked for."""

    daemon_threads = True

    def __init__(self, repository: str, files: dict[str, bytes]):
        super().__init__(("127.0.0.1", 0), Request)
        self.repository, self.files = repository, files
        self.stalled, self.seen, self.go_on = "", threading.Event(), threading.Event()
        self.fetched: list[tuple[str, int]] = []
        self.answer = 200
        self.url = f"http://127.0.0.1:{self.server_port}"


class Request(BaseHTTPRequestHandler):
    """One request; what is not known is 404, as a repository that is not there."""

    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub = self.server
        resolved = f"/{hub.repository}/resolve/{COMMIT}/"
        if hub.answer != 200:
            self.send(hub.answer, b"{}", {"X-Error-Code": "GatedRepo"} if hub.answer == 403 else {})
        elif self.path.partition("?")[0].casefold() == f"/api/models/{hub.repository}".casefold():
            about = {"id": hub.repository, "sha": COMMIT, "siblings": [{"rfilename": name} for name in hub.files]}
            self.send(200, json.dumps(about).encode(), {"Content-Type": "application/json"})
        elif self.path.startswith(resolved) and (name := self.path.removeprefix(resolved)) in hub.files:
            self.send_file(name, hub.files[name])
        else:
            self.send(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def send_file(self, name: str, data: bytes) -> None:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0] or 0)
        part, whole = data[start:], len(data)
        headers = {"ETag": f'"{hashlib.sha256(data).hexdigest()}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if start:
            headers["Content-Range"] = f"bytes {start}-{whole - 1}/{whole}"
        if self.command == "GET":
            self.server.fetched.append((name, start))
        if self.command == "GET" and name == self.server.stalled:
            self.begin(200, {**headers, "Content-Length": str(len(part))})
            self.wfile.write(part[: len(part) // 2])
            self.wfile.flush()
            self.server.seen.set()
            self.server.go_on.wait(60)
            return
        self.send(206 if start else 200, part, headers)

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.begin(status, {"Content-Length": str(len(body)), **headers})
        if self.command == "GET":
            self.wfile.write(body)

    def begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def serving(repository: str, files: dict[str, bytes]) -> Iterator[Hub]:
    """A hub that answers while the context lasts."""
    hub = Hub(repository, files)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        hub.go_on.set()
        hub.shutdown()
        hub.server_close()
