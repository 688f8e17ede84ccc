"""Groups of runs from passages and from made documents.

Runs are cut and extended at random, because the selection at query time does not know where passages begin.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from tokenizers import Tokenizer

from dsacli.reader.encoding import encode_passages, index_queries
from dsacli.reader.loading import ids_of
from dsacli.reader.network import PATH_TOKENS, Reader
from dsacli.training.attention import mixed_precision
from dsacli.training.bm25 import BM25
from dsacli.training.data import QUESTION_TOKENS, Corpus, Question, token_span
from dsacli.training.facts import pick
from dsacli.training.forms import Form, make_form
from dsacli.training.group import Group
from dsacli.training.lists import make_list

RUN_TOKENS = 384
CROP_SHARE, EXTEND_SHARE = 0.35, 0.25
HARD_SHARE = 2 / 3
# A story has hundreds of passages; ranking all of them for every question takes longer than reading them.
POOL_OF_DOCUMENT = 60
NO_ANSWER_SHARE, SWAPPED_SHARE = 0.22, 0.25
# Of the groups whose document has a title, those that get it as heading path; of made documents, the lists.
TITLED, LISTS = 0.3, 0.45
# A name or a year in a question, not its first word.
NAMED = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w.'-]+(?: [A-Z][\w.'-]+)*|[12]\d{3})\b")


def gold_run(corpus: Corpus, question: Question, rng: np.random.Generator) -> tuple[np.ndarray, tuple[int, int] | None]:
    """The answer's passage, sometimes cut or extended by its neighbour, and the span in it."""
    first, last = question.spans[rng.integers(len(question.spans))]
    tokens = corpus.passages[question.passage].tokens
    draw = rng.random()
    if draw < CROP_SHARE and len(tokens) > 80:
        length = int(rng.integers(max(48, last - first + 1), len(tokens) + 1))
        low = int(rng.integers(max(0, last + 1 - length), min(first, len(tokens) - length) + 1))
        tokens, first, last = tokens[low : low + length], first - low, last - low
    elif draw > 1 - EXTEND_SHARE:
        tokens, shift = joined(corpus, question.passage, tokens, rng)
        first, last = first + shift, last + shift
    return fitted(tokens, (first, last), rng)


def fitted(
    tokens: np.ndarray, span: tuple[int, int] | None, rng: np.random.Generator
) -> tuple[np.ndarray, tuple[int, int] | None]:
    """At most a run of the tokens, the span in it, and where it then is."""
    if len(tokens) <= RUN_TOKENS:
        return tokens, span
    first, last = span or (0, 0)
    low = int(rng.integers(max(0, last + 1 - RUN_TOKENS), min(first, len(tokens) - RUN_TOKENS) + 1))
    return tokens[low : low + RUN_TOKENS], (first - low, last - low) if span else None


def joined(
    corpus: Corpus,
    index: int,
    tokens: np.ndarray,
    rng: np.random.Generator,
    unwanted: Callable[[int], bool] = lambda index: False,
) -> tuple[np.ndarray, int]:
    """The passage with neighbours of its document before and after, none `unwanted`, and by how much it moved."""
    document, shift = corpus.passages[index].document, 0
    before, after = index - 1, index + 1
    for _ in range(3):
        if rng.random() < 0.5:
            if before >= 0 and corpus.passages[before].document == document and not unwanted(before):
                extra = corpus.passages[before].tokens
                if len(tokens) + len(extra) <= RUN_TOKENS:
                    tokens, shift, before = np.concatenate([extra, tokens]), shift + len(extra), before - 1
        elif after < len(corpus.passages) and corpus.passages[after].document == document and not unwanted(after):
            extra = corpus.passages[after].tokens
            if len(tokens) + len(extra) <= RUN_TOKENS:
                tokens, after = np.concatenate([tokens, extra]), after + 1
    return tokens, shift


class Negatives:
    """Passages that do not hold an answer: what the indexer ranks high among those of the same document and
    those high by BM25 (its own mistakes), or any of the same document."""

    def __init__(self, corpus: Corpus, reader: Reader, pool: int = 24, top: int = 10):
        self.corpus, self.reader, self.top = corpus, reader, top
        self.lower = [passage.text.lower() for passage in corpus.passages]
        self.same_document = corpus.of_document()
        self.bm25 = BM25([passage.text for passage in corpus.passages])
        self.pool = min(pool, len(corpus.passages))
        self.edges = np.cumsum([0, *(len(p.tokens) for p in corpus.passages)])
        limit = reader.config.passage_tokens
        pieces = [np.array_split(p.tokens, -(-len(p.tokens) // limit)) for p in corpus.passages]
        with mixed_precision("cpu"):
            self.keys = encode_passages(reader, [piece for each in pieces for piece in each])

    def several(self, question: Question, count: int, rng: np.random.Generator) -> list[int]:
        """Up to `count` different ones: two of three the highest by index score, the others of the same document."""
        own = self.same_document[self.corpus.passages[question.passage].document]
        ranked = self.mistakes(question, own)
        hard = [ranked[i] for i in rng.permutation(min(self.top, len(ranked)))]
        others = [int(i) for i in rng.permutation(own) if i != question.passage]
        found: list[int] = []
        for _ in range(4 * count):
            pool = hard if hard and (rng.random() < HARD_SHARE or not others) else others
            if len(found) == count or not pool:
                break
            index = pool.pop(0)
            if index not in found and not self.holds(index, question):
                found.append(index)
        return found

    @torch.inference_mode()
    def mistakes(self, question: Question, own: list[int]) -> list[int]:
        """Passages other than the question's, the highest Σ_t max_s I(t, s) first."""
        by_words = np.argpartition(self.bm25.scores(question.text), -self.pool)[-self.pool :]
        candidates = np.setdiff1d(np.union1d(own[:POOL_OF_DOCUMENT], by_words), [question.passage])
        if not len(candidates):
            return []
        queries, weights = index_queries(self.reader, [question.tokens])
        keys = torch.cat([self.keys[self.edges[i] : self.edges[i + 1]] for i in candidates])
        scores = self.reader.indexer.scores(queries, weights, keys).numpy()
        starts = np.cumsum([0, *(self.edges[candidates + 1] - self.edges[candidates])])[:-1]
        order = np.argsort(-np.maximum.reduceat(scores, starts, axis=1).sum(0))
        return [int(index) for index in candidates[order]]

    def holds(self, index: int, question: Question) -> bool:
        """Whether any annotator's answer stands in the passage."""
        return any(answer.lower() in self.lower[index] for answer in question.answers)


class Swap:
    """Turns a question into one that its passage does not answer: about another name or another year."""

    def __init__(self, corpus: Corpus, tokenizer: Tokenizer):
        self.corpus, self.tokenizer = corpus, tokenizer
        named = sorted({name for q in corpus.questions for name in NAMED.findall(q.text)})
        self.names = [name for name in named if not name.isdigit()]

    def question(self, question: Question, rng: np.random.Generator) -> np.ndarray | None:
        """Token ids of the changed question; None where it names nothing that the passage names too."""
        text = self.corpus.passages[question.passage].text.lower()
        found = [name for name in NAMED.finditer(question.text) if name[0].lower() in text]
        if not found:
            return None
        old = found[int(rng.integers(len(found)))]
        new = str(int(old[0]) + int(rng.choice([-3, -2, -1, 1, 2, 3]))) if old[0].isdigit() else pick(rng, self.names)
        if new.lower() in text:
            return None
        changed = question.text[: old.start()] + new + question.text[old.end() :]
        return ids_of(self.tokenizer, changed)[:QUESTION_TOKENS]


def epoch_groups(
    corpus: Corpus, negatives: Negatives, swap: Swap, distractors: tuple[float, ...], sentences: float, seed: int
) -> Iterator[Group]:
    """One epoch, in random order: every question with its answer once, a further part with distractors
    only, and another about a name that its passage does not hold. `distractors[n]` is the share of
    questions that get n distractor runs.

    Single sentences are half of all questions and the least like a document: only the share
    `sentences` of them is asked.
    """
    rng = np.random.default_rng(seed)
    for number in rng.permutation(len(corpus.questions)):
        question = corpus.questions[number]
        if not question.answers:
            run, _ = fitted(corpus.passages[question.passage].tokens, None, rng)
            yield Group(question.tokens, [run], None)
        if not question.spans or (question.source == "sentences" and rng.random() >= sentences):
            continue
        run, answer = gold_run(corpus, question, rng)
        count = int(rng.choice(len(distractors), p=distractors))
        wrong = negatives.several(question, count, rng)
        runs = [run, *(trimmed(negatives, index, question, len(run), rng) for index in wrong)]
        paths = [corpus.passages[index].path for index in (question.passage, *wrong)] if rng.random() < TITLED else None
        yield Group(question.tokens, runs, answer, paths)
        if rng.random() < NO_ANSWER_SHARE:
            wrong = negatives.several(question, max(1, count), rng)
            if wrong:
                runs = [trimmed(negatives, index, question, RUN_TOKENS, rng) for index in wrong]
                yield Group(question.tokens, runs, None)
        other = swap.question(question, rng) if rng.random() < SWAPPED_SHARE else None
        if other is not None:
            yield Group(other, [run], None)


def trimmed(negatives: Negatives, index: int, question: Question, limit: int, rng: np.random.Generator) -> np.ndarray:
    """A distractor passage, extended or cut like a gold run, about `limit` tokens long at the most.

    Runs of a group share a padded batch; a distractor longer than its gold run is mostly padding.
    """
    corpus = negatives.corpus
    tokens = corpus.passages[index].tokens
    if rng.random() < EXTEND_SHARE:
        tokens, _ = joined(corpus, index, tokens, rng, lambda other: negatives.holds(other, question))
    length = min(len(tokens), max(64, limit))
    if length > 80 and rng.random() < CROP_SHARE:
        length = int(rng.integers(48, length))
    low = int(rng.integers(0, len(tokens) - length + 1))
    return tokens[low : low + length]


def form_group(tokenizer: Tokenizer, form: Form, rng: np.random.Generator) -> Group:
    """A made document with a question about it: the answer's run, and others of other facts."""
    tokens = tokenizer.encode(form.text, add_special_tokens=False)
    question = ids_of(tokenizer, form.question)
    ids, offsets = np.array(tokens.ids, np.int32), np.array(tokens.offsets, np.int32)
    span = token_span(offsets, *form.answer) if form.answer else None
    run, answer = fitted(ids, span, rng)
    others, paths = ([ids_of(tokenizer, text) for text in texts] for texts in (form.others, form.headings))
    runs = [run, *(fitted(other, None, rng)[0] for other in others)]
    return Group(question, runs, answer, [path[-PATH_TOKENS:] for path in paths] or None, common=True)


def form_groups(corpus: Corpus, tokenizer: Tokenizer, seed: int) -> Iterator[Group]:
    """Made documents without end, some of them between the sentences of a passage."""
    rng = np.random.default_rng((seed, 1))
    while True:
        if rng.random() < LISTS:
            yield form_group(tokenizer, make_list(rng), rng)
            continue
        passage = corpus.passages[int(rng.integers(len(corpus.passages)))]
        sentences = re.split(r"(?<=[.?!]) ", passage.text)[:12]
        yield form_group(tokenizer, make_form(rng, sentences if rng.random() < 0.5 else []), rng)


def mixed(groups: Iterator[Group], others: Iterator[Group], share: float, rng: np.random.Generator) -> Iterator[Group]:
    """The groups, and between them so many of the others, which do not end, that these are `share` of all."""
    for group in groups:
        yield group
        while rng.random() < share:
            yield next(others)


def joined_corpus(first: Corpus, second: Corpus) -> Corpus:
    """Both as one."""
    shift = len(first.passages)
    moved = [replace(question, passage=question.passage + shift) for question in second.questions]
    return Corpus([*first.passages, *second.passages], [*first.questions, *moved])
