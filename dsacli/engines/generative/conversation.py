"""One query with a generative model: a prompt of the whole document, prefill, decode, and where the attention went.

The document stands before the question, so that what was prefilled of it serves every further question.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.dsa.cache import SparseCache
from dsacli.dsa.cost import CostMeter
from dsacli.engines.context import Context
from dsacli.engines.generative.dense import check_dense, run_dense
from dsacli.engines.generative.kept import KeptPrefills, prefill_key
from dsacli.engines.generative.sentences import Sentences
from dsacli.engines.savings import Cost, DenseRun, DocumentPass, Savings, peak_memory
from dsacli.errors import DsacliError
from dsacli.models.generate import Sampling, generate
from dsacli.models.io.chat import render_prompt
from dsacli.models.io.model import DecoderModel

# Stands in a rendered prompt where the document goes; a private-use character, in no template and no question.
PLACE = "\ue000document\ue000"


@dataclass
class Generated:
    """What a model wrote: text, mean probability of its tokens (geometric), and the attention [context tokens], summed over
    layers, heads and tokens written, that each token of the context got. `interrupted`: stopped by the user."""

    text: str = ""
    log_probabilities: list[float] = field(default_factory=list)
    attention_mass: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    interrupted: bool = False

    @property
    def probability(self) -> float:
        return math.exp(float(np.mean(self.log_probabilities))) if self.log_probabilities else 0.0


class Conversation:
    """A context in a generative model: prefilled once, asked many times."""

    # Whether words of ours can stand among those that the model writes.
    can_be_led = True

    def __init__(
        self,
        model: DecoderModel,
        context: Context[Any],
        sampling: Sampling,
        index_topk: int | None = None,
        on_tokens: Callable[[int, int], None] = lambda done, total: None,
        on_text: Callable[[str], None] = lambda text: None,
        kept: KeptPrefills | None = None,
        compare_dense: bool = False,
    ):
        self.model, self.context, self.sampling = model, context, sampling
        self.on_tokens, self.on_text, self.kept, self.compare_dense = on_tokens, on_text, kept, compare_dense
        self.index_topk = index_topk or model.config.index_topk
        self.cache: SparseCache | None = None
        self.head: list[int] = []
        self.document_pass = DocumentPass(len(context), 0, 0, 0.0)
        self.token_ids = torch.from_numpy(context.token_ids.astype(np.int64))
        self.sentences = Sentences(context)

    def tokens(self, text: str) -> list[int]:
        """Token ids of a piece of the prompt."""
        return self.model.tokenizer.encode(text, add_special_tokens=False).ids

    @contextmanager
    def query(self, instruction: str, question: str = "") -> Iterator["Query"]:
        """Prefill the document, what is to be done with it, and a question; what is written inside is accounted for.

        Raises DsacliError for a context that, with the question, is longer than the model's, and for one whose comparison with dense
        attention would take minutes.
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
        if self.compare_dense:
            check_dense(self.model, room)
        if self.cache is None or self.cache.capacity < room or self.head != head:
            self.cache, self.head = self.model.network.new_cache(room + 256, self.index_topk), head
            self.document_pass = self.prefill_document(self.cache, head)
        # Where a template has nothing behind the document, what is written follows from the document's last token.
        again = [] if tail else [int(self.token_ids[-1])]
        self.cache.truncate(len(head) + len(self.token_ids) - len(again))
        yield Query(self, self.cache, tail or again)

    def ids_after(self, head: list[int]) -> torch.Tensor:
        """What stands before a question: the beginning of the prompt, and the document; int64 [tokens]."""
        return torch.cat([torch.tensor(head, dtype=torch.int64), self.token_ids])

    def prefill_document(self, cache: SparseCache, head: list[int]) -> DocumentPass:
        """What the cache keeps of the document, once."""
        began, meter, count = time.monotonic(), CostMeter(), len(self.context)
        ids = self.ids_after(head)
        key = prefill_key(self.model, ids, self.index_topk)
        if self.kept and (cost := self.kept.load(key, cache, len(ids))):
            return DocumentPass(count, count, *cost)
        with meter.watch(self.model.network):
            self.model.network.prefill(ids.to(self.model.device), cache, lambda done: self.on_tokens(done, len(ids)))
        done = DocumentPass(count, 0, meter.total, time.monotonic() - began)
        if self.kept:
            self.kept.save(key, cache, self.context.name, done)
        return done


class Query:
    """A question that was put to a conversation: writes, and knows what it cost."""

    def __init__(self, conversation: Conversation, cache: SparseCache, tail: list[int]):
        self.conversation, self.cache, self.first = conversation, cache, len(conversation.head)
        self.meter, self.began = CostMeter(), time.monotonic()
        self.attention_mass = torch.zeros(cache.capacity, device=conversation.model.device)
        self.logits = torch.empty(0)
        self.outputs = self.written = self.mark = 0
        self.last: list[int] = []
        # What was taken in at once, step by step, from this token on.
        self.start, self.steps = len(cache), list[list[int]]()
        self.feed(tail)

    def feed(self, ids: list[int]) -> None:
        """Take in tokens that were not written by the model."""
        if ids:
            network = self.conversation.model.network
            tokens = torch.tensor(ids, device=self.conversation.model.device)
            self.attention_mass.zero_()
            with self.meter.watch(network):
                # The first token that is written comes from what the last of these attends to.
                self.logits = network.prefill(tokens, self.cache, attention_mass=self.attention_mass)
            self.outputs += 1
            self.steps.append(ids)

    def write(self, until: Callable[[str], bool] = lambda text: False, limit: int | None = None) -> Generated:
        """Let the model go on, to its end token, until `until(text)`, or for `limit` tokens; Ctrl-C stops it where it is."""
        model, out = self.conversation.model, Generated()
        ids: list[int] = []
        sampling = replace(self.conversation.sampling, max_new_tokens=self.room() if limit is None else limit)
        stop, decode = frozenset(model.config.eos_token_ids), model.tokenizer.decode
        self.mark, network = len(self.cache), model.network
        try:
            with self.meter.watch(network):
                for token, log_probability in generate(
                    network, self.logits, self.cache, sampling, stop, self.attention_mass
                ):
                    ids.append(token)
                    out.log_probabilities.append(log_probability)
                    out.text = decode(ids)
                    self.conversation.on_text(out.text)
                    if until(out.text):
                        break
        except KeyboardInterrupt:
            out.interrupted = True
        self.outputs += max(0, len(ids) - 1)
        context = slice(self.first, self.first + len(self.conversation.context))
        out.attention_mass = self.attention_mass[context].cpu().numpy().copy()
        self.written += len(ids)
        self.last = ids
        self.steps += [[token] for token in ids[:-1]]
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
        self.cache.truncate(self.mark)
        taken = np.cumsum([0, *map(len, self.steps)])
        self.steps = self.steps[: int(np.searchsorted(taken, self.mark - self.start))]
        self.feed(self.conversation.tokens(text))

    def likelihood(self, *tokens: int) -> float:
        """The probability that the model goes on with one of some tokens."""
        return float(self.logits.float().softmax(-1)[list(tokens)].sum())

    def prefers(self, one: int, other: int) -> bool:
        """Whether the model would rather go on with token `one` than with token `other`."""
        return bool(self.logits[one] >= self.logits[other])

    def savings(self) -> Savings:
        """What the question and its answer cost, with the cache as it now is; the document's prefill apart."""
        model, context = self.conversation.model, self.conversation.context
        cost, total, seconds = model.config.cost(model.dtype.itemsize), len(self.cache), time.monotonic() - self.began
        dense = self.run_dense() if self.conversation.compare_dense else None
        return Savings(
            total,
            self.cache.selected,
            Cost(
                cost.prefill_flops(self.first + len(context), total, None) + cost.output * self.outputs,
                self.meter.total,
            ),
            Cost(cost.read_bytes(total - 1, None), cost.read_bytes(total - 1, self.conversation.index_topk)),
            seconds,
            peak_memory(),
            self.conversation.document_pass,
            dense,
        )

    def run_dense(self) -> DenseRun:
        """The same once more with dense attention, written words and all."""
        conversation = self.conversation
        document = conversation.ids_after(conversation.head)[: self.start]
        return run_dense(
            conversation.model, document, self.steps, lambda done: conversation.on_tokens(done, len(document))
        )
