"""One query with a generative model: a prompt of the whole document, prefill, decode, and where the attention went.

The document stands before the question, so that what was prefilled of it serves every further question.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from dsacli.dsa.cost import CostMeter
from dsacli.engines.context import Context
from dsacli.engines.evidence import Evidence, evidence_at
from dsacli.engines.savings import Cost, DocumentPass, Savings, peak_memory
from dsacli.errors import DsacliError
from dsacli.models.generate import Sampling, generate
from dsacli.models.io.chat import render_prompt
from dsacli.models.io.model import DecoderModel

# Tokens of a quotation at the most.
LONGEST_QUOTE = 80
# Stands in a rendered prompt where the document goes; a private-use character, in no template and no question.
PLACE = "\ue000document\ue000"


@dataclass
class Generated:
    """What a model wrote: text, mean probability of its tokens (geometric), and the attention [context tokens], summed over
    layers, heads and tokens written, that each token of the context got. `interrupted`: stopped by the user."""

    text: str = ""
    log_probabilities: list[float] = field(default_factory=list)
    received: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    interrupted: bool = False

    @property
    def confidence(self) -> float:
        return math.exp(float(np.mean(self.log_probabilities))) if self.log_probabilities else 0.0


class Conversation:
    """A context in a generative model: prefilled once, asked many times."""

    def __init__(
        self,
        model: DecoderModel,
        context: Context,
        sampling: Sampling,
        index_topk: int | None = None,
        on_tokens: Callable[[int, int], None] = lambda done, total: None,
        on_text: Callable[[str], None] = lambda text: None,
    ):
        self.model, self.context, self.sampling = model, context, sampling
        self.on_tokens, self.on_text = on_tokens, on_text
        self.index_topk = index_topk or model.config.index_topk
        self.cache, self.kept, self.document_pass = None, [], None
        self.token_ids = torch.from_numpy(np.concatenate([d.token_ids for d in context.documents]).astype(np.int64))

    def tokens(self, text: str) -> list[int]:
        """Token ids of a piece of the prompt."""
        return self.model.tokenizer.encode(text, add_special_tokens=False).ids

    @contextmanager
    def query(self, instruction: str, question: str = "") -> Iterator["Query"]:
        """Prefill the document, what is to be done with it, and a question; what is written inside is accounted for.

        Raises DsacliError for a context that, with the question, is longer than the model's.
        """
        prompt = render_prompt(self.model.chat_template, PLACE, instruction, question, self.model.special)
        before, found, after = prompt.partition(PLACE)
        if not found:
            raise DsacliError("the chat template leaves the document out")
        head, tail = self.tokens(before), self.tokens(after)
        room = len(head) + len(self.token_ids) + len(tail) + self.sampling.max_new_tokens
        limit = self.model.config.max_position_embeddings
        if room > limit:
            raise DsacliError(
                f"{len(self.token_ids):,} tokens, with the question and {self.sampling.max_new_tokens} to be written, are more "
                f"than this model's context of {limit:,}; leave --model out for documents of any length"
            )
        network = self.model.network
        if self.cache is None or self.cache.capacity < room or self.kept != head:
            self.cache, self.kept = network.new_cache(room + 256, self.index_topk), head
            self.document_pass = self.prefill_document(head)
        self.cache.truncate(len(head) + len(self.token_ids))
        yield Query(self, len(head), tail)

    def prefill_document(self, head: list[int]) -> DocumentPass:
        """The latents of the document, once."""
        began, meter = time.monotonic(), CostMeter()
        ids = torch.cat([torch.tensor(head, dtype=torch.int64), self.token_ids]).to(self.model.device)
        with meter.watch(self.model.network):
            self.model.network.prefill(ids, self.cache, lambda done: self.on_tokens(done, len(ids)))
        return DocumentPass(len(self.context), 0, meter.total, time.monotonic() - began)


class Query:
    """A question that was put to a conversation: writes, and knows what it cost."""

    def __init__(self, conversation: Conversation, first: int, tail: list[int]):
        self.conversation, self.first = conversation, first
        self.meter, self.began = CostMeter(), time.monotonic()
        self.received = torch.zeros(conversation.cache.capacity, device=conversation.model.device)
        self.logits, self.outputs, self.written, self.mark = None, 0, 0, 0
        self.last: list[int] = []
        self.feed(tail)

    def feed(self, ids: list[int]) -> None:
        """Take in tokens that were not written by the model."""
        if ids:
            network, cache = self.conversation.model.network, self.conversation.cache
            tokens = torch.tensor(ids, device=self.conversation.model.device)
            self.received.zero_()
            with self.meter.watch(network):
                # The first token that is written comes from what the last of these attends to.
                self.logits = network.prefill(tokens, cache, attention_mass=self.received)
            self.outputs += 1

    def write(self, until: Callable[[str], bool] = lambda text: False, limit: int | None = None) -> Generated:
        """Let the model go on, to its end token, until `until(text)`, or for `limit` tokens; Ctrl-C stops it where it is."""
        work, out, ids = self.conversation, Generated(), []
        sampling = replace(work.sampling, max_new_tokens=self.room() if limit is None else limit)
        stop, decode = frozenset(work.model.config.eos_token_ids), work.model.tokenizer.decode
        self.mark, network = len(work.cache), work.model.network
        try:
            with self.meter.watch(network):
                for token, log_probability in generate(network, self.logits, work.cache, sampling, stop, self.received):
                    ids.append(token)
                    out.log_probabilities.append(log_probability)
                    out.text = decode(ids)
                    work.on_text(out.text)
                    if until(out.text):
                        break
        except KeyboardInterrupt:
            out.interrupted = True
        self.outputs += max(0, len(ids) - 1)
        context = slice(self.first, self.first + len(work.context))
        out.received = self.received[context].cpu().numpy().copy()
        self.written += len(ids)
        self.last = ids
        return out

    def room(self) -> int:
        """Tokens that may still be written."""
        return self.conversation.sampling.max_new_tokens - self.written

    def resume(self) -> None:
        """Take in the last token that was written, so that more can be."""
        if self.last:
            self.feed(self.last[-1:])

    def rewrite(self, text: str) -> None:
        """Put `text` in the place of what was written last."""
        self.conversation.cache.truncate(self.mark)
        self.feed(self.conversation.tokens(text))

    def prefers(self, one: int, other: int) -> bool:
        """Whether the model would rather go on with token `one` than with token `other`."""
        return bool(self.logits[one] >= self.logits[other])

    def savings(self) -> Savings:
        """What the question and its answer cost, with the cache as it now is; the document's prefill apart."""
        work = self.conversation
        config, size = work.model.config, next(work.model.network.parameters()).element_size()
        shape, total = config.cost(size), len(work.cache)
        first = self.first + len(work.context)
        return Savings(
            len(work.context),
            work.cache.selected,
            Cost(shape.prefill_flops(first, total, None) + shape.output * self.outputs, self.meter.total),
            Cost(shape.read_bytes(total - 1, None), shape.read_bytes(total - 1, work.index_topk)),
            time.monotonic() - self.began,
            peak_memory(),
            work.document_pass,
        )


def best_evidence(context: Context, received: np.ndarray, count: int) -> tuple[Evidence, ...]:
    """The `count` sentences whose tokens got the most attention while something was written, the most first.

    Sentences with less than a third of the first one's are left out. Attention to the first tokens of a context, where it
    goes when nothing else is wanted, is not counted.
    """
    edges = context.sentence_edges
    weighed = received.copy()
    weighed[: min(4, len(weighed))] = 0
    totals = np.add.reduceat(weighed, edges[:-1]) if len(weighed) else np.empty(0)
    found: list[int] = []
    for number in np.argsort(-totals)[:count].tolist():
        if totals[number] > 0 and (not found or totals[number] > totals[found[0]] / 3):
            found.append(number)
    return tuple(sentence_evidence(context, weighed, int(edges[n]), int(edges[n + 1])) for n in found)


def sentence_evidence(context: Context, received: np.ndarray, first: int, last: int) -> Evidence:
    """Evidence for the tokens [first, last) of one sentence; of a very long one, for those around the most attended."""
    if last - first > LONGEST_QUOTE:
        first = max(first, min(first + int(received[first:last].argmax()) - LONGEST_QUOTE // 2, last - LONGEST_QUOTE))
        last = first + LONGEST_QUOTE
    encoded, start, end = context.characters(first, last - 1)
    return replace(
        evidence_at(encoded, start, end), quote=encoded.document.text[start:end], quote_start=0, quote_end=end - start
    )


def located(context: Context, wording: str, received: np.ndarray) -> Evidence | None:
    """Where the wording stands in the documents; of several places the one that got most attention. None if nowhere."""
    best, found = -1.0, None
    for number, encoded in enumerate(context.documents):
        text, low = encoded.document.text, int(context.edges[number])
        place = text.find(wording) if wording else -1
        while place >= 0:
            end = place + len(wording)
            first = int(np.searchsorted(encoded.ends, place, side="right"))
            last = int(np.searchsorted(encoded.starts, end, side="left"))
            weight = float(received[low + first : low + last].sum())
            if weight > best:
                best, found = weight, evidence_at(encoded, place, end)
            place = text.find(wording, end)
    return found
