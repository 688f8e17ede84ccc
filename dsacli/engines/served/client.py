"""A server that speaks as OpenAI's do (vLLM, SGLang, llama.cpp, transformers): its models, and what one writes, piece by piece.

Nothing that a server says is trusted: lines, answers and numbers have bounds, and what is not as it should be is one error.
"""

import http.client
import json
import os
import socket
import time
from collections.abc import Generator, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from dsacli.errors import DsacliError, UsageFailure
from dsacli.plain import printable

KEY = "DSACLI_API_KEY"
# Seconds: to be reached, to take a long prompt in, and from one piece of an answer to the next.
CONNECT, FIRST, NEXT = 10.0, 900.0, 120.0
# Seconds to wait before the next try, of a server that is not reached or is busy.
WAITS = (0.5, 2.0, 5.0)
BUSY = frozenset({408, 429, 500, 502, 503, 504})
# Bytes of one line, of a whole answer, and characters of an error.
LONGEST_LINE, LARGEST, LONGEST_ERROR = 1 << 20, 64 << 20, 300
# What servers call the tokens that a model may have before it.
CONTEXTS = ("max_model_len", "context_length", "max_context_length", "n_ctx", "n_ctx_train")


class Piece(NamedTuple):
    """What a model wrote next, and the log probability of its tokens, one each; none where the server does not tell."""

    text: str
    log_probabilities: tuple[float, ...]


class Broken(Exception):
    """A connection that ended while a model wrote."""


class Server:
    """A server's address, http://HOST:PORT/v1, with #NAME behind it where it has several models.

    The key is what DSACLI_API_KEY says, if it says something; it is sent to this address only, and shown nowhere.
    """

    def __init__(self, address: str):
        self.base, _, self.name = address.partition("#")
        try:
            parts = urlsplit(self.base)
            self.host, self.port, self.path = parts.hostname or "", parts.port, parts.path.rstrip("/")
        except ValueError as failure:
            raise UsageFailure(f"{address}: {failure}") from None
        if not self.host or parts.username or parts.query:
            raise UsageFailure(f"{self.host or address}: give http://HOST:PORT/v1, and a key in {KEY}")
        self.secure, self.tells_probabilities = parts.scheme.lower() == "https", True

    def model(self) -> tuple[str, int | None]:
        """The model that is asked, and the tokens of its context where the server says that. Raises DsacliError where it is not told which."""
        connection, answer = self._sent("GET", "/models", None)
        try:
            listed = self._object(answer.read(LARGEST)).get("data")
        except (OSError, http.client.HTTPException, ValueError) as failure:
            raise DsacliError(f"{self.base}: {reason(failure)}") from None
        finally:
            connection.close()
        models = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        names = [str(each.get("id")) for each in models]
        if self.name and self.name not in names and len(names) != 1:
            raise DsacliError(f"{self.base} has no model {self.name}; it has: {', '.join(names) or 'none'}")
        if not self.name and len(names) != 1:
            raise DsacliError(f"{self.base} has the models {', '.join(names) or 'none'}; say which: {self.base}#NAME")
        chosen = models[names.index(self.name) if self.name in names else 0]
        about = chosen | (chosen["meta"] if isinstance(chosen.get("meta"), dict) else {})
        sizes = [about[name] for name in CONTEXTS if isinstance(about.get(name), int) and about[name] > 0]
        return self.name or names[0], min(sizes, default=None)

    def written(self, model: str, prompt: str, **settings: Any) -> Generator[Piece, None, None]:
        """What a model writes behind a prompt, as it comes. Raises DsacliError for a server that does not answer, Broken for one that
        stops before the end."""
        asked = {"model": model, "messages": [{"role": "user", "content": prompt}], "stream": True, **settings}
        asked |= {"logprobs": True} if self.tells_probabilities else {}
        try:
            connection, answer = self._sent("POST", "/chat/completions", asked)
        except Refused as refusal:
            if not self.tells_probabilities or "logprob" not in str(refusal).lower():
                raise
            self.tells_probabilities = False
            yield from self.written(model, prompt, **settings)
            return
        try:
            yield from self._pieces(answer)
        except (OSError, http.client.HTTPException, ValueError) as failure:
            raise Broken(f"{self.base}: {reason(failure)}") from None
        finally:
            connection.close()

    def _pieces(self, answer: http.client.HTTPResponse) -> Iterator[Piece]:
        read, over = 0, False
        while line := answer.readline(LONGEST_LINE + 1):
            read += len(line)
            if len(line) > LONGEST_LINE or read > LARGEST:
                raise ValueError("an answer that is too long")
            data = line.decode("utf-8", "replace").strip()
            if not data.startswith("data:"):
                continue
            data = data.removeprefix("data:").strip()
            if data == "[DONE]":
                return
            said = self._object(data.encode())
            if isinstance(said.get("error"), dict):
                raise ValueError(str(said["error"].get("message")))
            for choice in said.get("choices") or ():
                text = (choice.get("delta") or {}).get("content") or ""
                told = (choice.get("logprobs") or {}).get("content") or ()
                over = over or choice.get("finish_reason") is not None
                yield Piece(str(text), tuple(float(each["logprob"]) for each in told if "logprob" in each))
        if not over:
            raise ValueError("the connection ended in mid-answer")

    def _sent(self, method: str, path: str, body: Any) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """A request that was taken, tried again where the server was not reached or was busy."""
        for wait in (*WAITS, None):
            try:
                return self._sent_once(method, path, body)
            except Unavailable as failure:
                if wait is None:
                    raise DsacliError(str(failure)) from None
                time.sleep(wait)
        raise AssertionError

    def _sent_once(
        self, method: str, path: str, body: Any
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=CONNECT)
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream, application/json"}
        if key := os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {key}"
        try:
            connection.connect()
            connection.sock.settimeout(FIRST)
            sent = None if body is None else json.dumps(body).encode()
            connection.request(method, f"{self.path}{path}", sent, headers)
            sock, answer = connection.sock, connection.getresponse()
            sock.settimeout(NEXT)
        except (OSError, http.client.HTTPException) as failure:
            connection.close()
            raise Unavailable(f"{self.base}: {reason(failure)}") from None
        if answer.status == http.HTTPStatus.OK:
            return connection, answer
        said = message_of(answer.read(LONGEST_LINE))
        connection.close()
        why = f"{self.base}: {answer.status} {printable(answer.reason)}{f': {said}' if said else ''}"
        raise (Unavailable if answer.status in BUSY else Refused)(why)

    @staticmethod
    def _object(data: bytes) -> dict[str, Any]:
        try:
            found = json.loads(data)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ValueError("it does not answer as OpenAI's servers do")
        return found


class Refused(DsacliError):
    """A request that a server does not take."""


class Unavailable(Exception):
    """A server that is not there, or is busy: another try may do."""


def message_of(data: bytes) -> str:
    """What a server says of an error, as short as a line."""
    try:
        said = json.loads(data)
        said = said.get("error", said)
        said = said.get("message") or said.get("detail") or "" if isinstance(said, dict) else said
    except (ValueError, AttributeError):
        said = data.decode("utf-8", "replace")
    return printable(" ".join(str(said).split()))[:LONGEST_ERROR]


def reason(failure: Exception) -> str:
    """What went wrong on the way, in words."""
    if isinstance(failure, TimeoutError):
        return "no answer in time"
    if isinstance(failure, socket.gaierror):
        return "no such host"
    text = getattr(failure, "strerror", None) or str(failure) or type(failure).__name__
    return printable(text[0].lower() + text[1:])
