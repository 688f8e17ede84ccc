"""One query to a served model: what was selected of the documents and what is to be done with it are sent, and what it writes comes back.

Of the shape of `generative.conversation`, so that the same tasks run on it; where attention went nobody tells.
"""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from dsacli.dsa.cost import DecoderCost
from dsacli.engines.context import Context
from dsacli.engines.generative.conversation import Generated
from dsacli.engines.generative.sentences import Sentences
from dsacli.engines.savings import Cost, DocumentPass, Savings, peak_memory
from dsacli.engines.served.client import Broken, Piece, Server
from dsacli.models.generate import Sampling


@dataclass(frozen=True)
class Served:
    """A model of a server.

    context: tokens that it may have before it; cost and index_topk: those of its configuration, where it was given
    """

    server: Server
    name: str
    context: int
    cost: DecoderCost | None
    index_topk: int | None
    tokenizer: Any


class ServedConversation:
    """Some documents, or what was selected of them, that a served model is asked about."""

    # What such a model writes is not gone on with by us.
    can_be_led = False

    def __init__(
        self,
        model: Served,
        context: Context[Any],
        sampling: Sampling,
        on_text: Callable[[str], None],
        on_failure: Callable[[str], None],
    ):
        self.model, self.context, self.sampling, self.on_text, self.on_failure = (
            model,
            context,
            sampling,
            on_text,
            on_failure,
        )
        self.sentences = Sentences(context)

    @contextmanager
    def query(self, instruction: str, question: str = "") -> Iterator["ServedQuery"]:
        """What is written inside is written to this instruction and question, behind the documents."""
        query = ServedQuery(self, f"{self.text()}\n\n{instruction}\n{question}".rstrip())
        try:
            yield query
        finally:
            query.pieces.close()

    def text(self) -> str:
        """The documents as they are sent: what was selected of each, with a mark where something is left out."""
        return "\n\n".join("".join(stretches(each)) for each in self.context.documents)


def stretches(document: Any) -> Iterator[str]:
    """The text of the tokens that are kept of a document."""
    text, starts, ends = document.document.text, document.starts, document.ends
    gaps = np.flatnonzero(starts[1:] - ends[:-1] > 0)
    left_out = [gap for gap in gaps.tolist() if text[ends[gap] : starts[gap + 1]].strip()]
    firsts, lasts = [0, *(gap + 1 for gap in left_out)], [*left_out, len(starts) - 1]
    for number, (first, last) in enumerate(zip(firsts, lasts)):
        yield f"{' […] ' if number else ''}{text[starts[first] : ends[last]]}"


def spoken(pieces: Generator[Piece, None, None]) -> Generator[Piece, None, None]:
    """What a model says, without what it thinks before that, between <think> and </think>."""
    held, thinks = "", None
    try:
        for text, log_probabilities in pieces:
            held += text
            if thinks is None and not "<think>".startswith(held.lstrip()[:7]):
                thinks = False
            elif thinks is None and held.lstrip().startswith("<think>"):
                thinks = True
            if thinks is False:
                yield Piece(held, log_probabilities)
                held = ""
            elif thinks and "</think>" in held:
                held, thinks = held.partition("</think>")[2].lstrip(), False
        if held and not thinks:
            yield Piece(held, ())
    finally:
        pieces.close()


class ServedQuery:
    """What a served model writes to one prompt; read bit by bit, it goes on where it was."""

    def __init__(self, conversation: ServedConversation, prompt: str):
        self.conversation, self.began = conversation, time.monotonic()
        model, sampling = conversation.model, conversation.sampling
        settings = {"max_tokens": sampling.max_new_tokens, "temperature": sampling.temperature, "top_p": sampling.top_p}
        settings |= {} if sampling.seed is None else {"seed": sampling.seed}
        self.sent = len(model.tokenizer.encode(prompt, add_special_tokens=False).ids)
        self.pieces = spoken(model.server.written(model.name, prompt, **settings))
        self.written = 0
        self.last: list[int] = []

    def write(self, until: Callable[[str], bool] = lambda text: False, limit: int | None = None) -> Generated:
        """What comes next, to the end, until `until(text)`, or for `limit` pieces; Ctrl-C, and a server that stops, leave what came."""
        out, mass = Generated(), np.zeros(len(self.conversation.context), np.float32)
        out.attention_mass, self.last = mass, []
        try:
            for text, log_probabilities in self.pieces:
                out.text += text
                out.log_probabilities += log_probabilities
                self.written += 1
                self.last.append(self.written)
                self.conversation.on_text(out.text)
                if until(out.text) or (limit is not None and len(self.last) >= limit):
                    break
            if out.text and not out.log_probabilities:
                # Certain of nothing, and of no use as a bound; the engine shows none.
                self.conversation.model.server.tells_probabilities, out.log_probabilities = False, [0.0]
        except KeyboardInterrupt:
            out.interrupted = True
        except Broken as failure:
            out.interrupted = True
            self.conversation.on_failure(str(failure))
        return out

    def room(self) -> int:
        """Pieces that may still come."""
        return max(1, self.conversation.sampling.max_new_tokens - self.written)

    def resume(self) -> None:
        """It goes on by itself."""

    def savings(self) -> Savings:
        """What was sent and written would cost by the model's configuration, dense and DSA; 0 where none was given."""
        model, total = self.conversation.model, self.sent + self.written
        flops = memory = Cost(0, 0)
        if cost := model.cost:
            output = cost.output * max(1, self.written)
            flops = Cost(*(cost.prefill_flops(0, total, topk) + output for topk in (None, model.index_topk)))
            memory = Cost(*(cost.read_bytes(total - 1, topk) for topk in (None, model.index_topk)))
        seconds, here = time.monotonic() - self.began, len(self.conversation.context)
        passed = DocumentPass(here, 0, 0, 0.0)
        return Savings(
            total,
            min(total, model.index_topk or 0),
            flops,
            memory,
            seconds,
            peak_memory(),
            passed,
            served=model.server.base,
        )
