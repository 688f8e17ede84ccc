"""A context that is longer than a model reads at once, as parts that it reads one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.documents import Document
from dsacli.engines.context import Context

# Together 32,768 tokens at the usual budget, some sixty pages: more would try the patience of somebody without a GPU, and summaries of
# more parts would be too many for one reading.
MOST_PARTS = 8
Span = tuple[Document, int, int]


def parts_of(
    context: Context[Any], room: int, ranked: Callable[[], Sequence[Span]], say: Callable[[str], None]
) -> list[Context[Any]]:
    """A context in order, in parts of at most `room` tokens each, and no more than MOST_PARTS of them.

    Of a longer one each of MOST_PARTS even stretches gives the `room` tokens that come first in `ranked`, spans of characters,
    so that no stretch is left out; `say` is told.
    """
    parts = cut(context, room)
    if len(parts) <= MOST_PARTS:
        return parts
    order = ranked()
    parts = [kept_of(each, order, room) for each in pieces(context, even_edges(context, MOST_PARTS))]
    parts = [part for part in parts if len(part)]
    say(
        f"{context.name}: {len(context):,} tokens are more than a model reads in {MOST_PARTS} parts; "
        f"{sum(map(len, parts)):,} that matter most are read, from all over it"
    )
    return parts


def cut(context: Context[Any], room: int) -> list[Context[Any]]:
    """A context in even parts of at most `room` tokens, cut between sentences, or anywhere where one is longer than a part."""
    fewest = -(-len(context) // room)
    for count in range(fewest, 2 * fewest + 2):
        edges = even_edges(context, count)
        if np.diff(edges).max() <= room:
            return pieces(context, edges)
    return pieces(context, np.append(np.arange(0, len(context), room), len(context)))


def even_edges(context: Context[Any], count: int) -> NDArray[Any]:
    """The first tokens of `count` parts of about the same length, or of fewer, and the end: edges of sentences, int64 [parts + 1]."""
    edges, even = context.sentence_edges, np.linspace(0, len(context), count + 1)
    after = np.searchsorted(edges, even).clip(1, len(edges) - 1)
    nearer = even - edges[after - 1] < edges[after] - even
    return np.unique(np.where(nearer, edges[after - 1], edges[after]))


def pieces(context: Context[Any], edges: NDArray[Any]) -> list[Context[Any]]:
    """A context cut before the tokens `edges`, which are its first, and its end, and others between them."""
    return [stretch(context, first, last) for first, last in pairwise(edges.tolist())]


def stretch(context: Context[Any], first: int, last: int) -> Context[Any]:
    """The tokens [first, last) of a context as one."""
    return _masked(context, [(max(0, first - low), max(0, last - low)) for low in context.edges[:-1].tolist()])


def joined(parts: Sequence[Context[Any]]) -> Context[Any]:
    """Parts one behind the other as one context; a document of which several hold something stands in it several times."""
    return Context([document for part in parts for document in part.documents])


def kept_of(context: Context[Any], order: Sequence[Span], room: int) -> Context[Any]:
    """What a context holds of the spans, the first of `order` first, as far as `room` tokens go; in its own order."""
    kept, count = [np.zeros(len(each), bool) for each in context.documents], 0
    for document, start, end in order:
        for number, each in enumerate(context.documents):
            if each.document is not document:
                continue
            # Some models' tokens begin with the space before a word.
            first = int(np.searchsorted(each.ends, start, side="right"))
            new = ~kept[number][first : int(np.searchsorted(each.starts, end))]
            if count and count + new.sum() > room:
                return _masked(context, kept)
            new = new[: room - count]
            kept[number][first : first + len(new)] = True
            count += int(new.sum())
    return _masked(context, kept)


def _masked(context: Context[Any], chosen: Sequence[Any]) -> Context[Any]:
    """Of each document the tokens of a mask, or [first, last)."""
    found = []
    for each, which in zip(context.documents, chosen):
        at = slice(*which) if isinstance(which, tuple) else which
        if len(each.token_ids[at]):
            found.append(replace(each, token_ids=each.token_ids[at], starts=each.starts[at], ends=each.ends[at]))
    return Context(found)
