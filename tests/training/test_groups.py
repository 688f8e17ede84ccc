"""What the reading pass is trained on must say what it claims: answers where they are, and none where there is none."""

import hashlib
import itertools
import json
from itertools import pairwise

import numpy as np
import pytest
import torch

from dsacli.reader.encoding import index_queries
from dsacli.reader.loading import load_reader
from dsacli.training.forms import KINDS, fact, make_form, table
from dsacli.training.group import Group
from dsacli.training.groups import (
    Negatives,
    Swap,
    epoch_groups,
    form_group,
    form_groups,
    joined_corpus,
    mixed,
)
from dsacli.training.noise import LONGEST_RUN, QUESTION_MARK, Noise, Typing, labelled, mistyped

SEEDS = range(8)


@pytest.fixture(scope="module")
def negatives(corpus, start, precision):
    return Negatives(corpus, load_reader(start))


def groups(corpus, negatives, tokenizer, seed, distractors=(0.3, 0.4, 0.3)):
    return epoch_groups(corpus, negatives, Swap(corpus, tokenizer), distractors, 1.0, seed)


def test_every_question_is_asked_with_its_answer_in_the_first_run(corpus, negatives, tokenizer):
    golds = {tokenizer.decode(q.tokens): q.answers[0].lower() for q in corpus.questions}
    for seed in SEEDS:
        answered = [group for group in groups(corpus, negatives, tokenizer, seed) if group.answer]
        assert {tokenizer.decode(group.question) for group in answered} == golds.keys()
        for group in answered:
            first, last = group.answer
            assert tokenizer.decode(group.runs[0][first : last + 1]) == golds[tokenizer.decode(group.question)]


def test_distractors_and_groups_without_answer_do_not_hold_it(corpus, negatives, tokenizer):
    golds = {tokenizer.decode(q.tokens): q.answers[0].lower() for q in corpus.questions}
    seen = 0
    for seed in SEEDS:
        for group in groups(corpus, negatives, tokenizer, seed):
            gold = golds.get(tokenizer.decode(group.question))
            if gold is None:  # a changed question
                assert group.answer is None
                continue
            for run in group.runs[0 if group.answer is None else 1 :]:
                seen += 1
                assert gold not in tokenizer.decode(run)
    assert seen > 20


@pytest.mark.precision("float32", "bfloat16")
def test_the_hardest_distractors_are_those_that_the_indexer_ranks_highest(corpus, negatives):
    for question in corpus.questions:
        own = negatives.same_document[corpus.passages[question.passage].document]
        ranked = negatives.mistakes(question, own)
        assert sorted([*ranked, question.passage]) == list(range(len(corpus.passages)))
        with torch.inference_mode():
            queries, weights = index_queries(negatives.reader, [question.tokens])
            scores = negatives.reader.indexer.scores(queries, weights, negatives.keys).numpy()
        best = [scores[:, a:b].max(1).sum() for a, b in pairwise(negatives.edges)]
        assert ranked == sorted(ranked, key=lambda index: -best[index])


def test_several_distractors_are_different_and_never_hold_the_answer(corpus, negatives):
    rng = np.random.default_rng(0)
    for question in corpus.questions * 5:
        found = negatives.several(question, 3, rng)
        assert len(found) == len(set(found)) == 3 and question.passage not in found
        assert not any(negatives.holds(index, question) for index in found)


def test_a_changed_question_names_what_the_passage_does_not(corpus, tokenizer):
    swap, rng, changed = Swap(corpus, tokenizer), np.random.default_rng(0), 0
    for question in corpus.questions * 10:
        other = swap.question(question, rng)
        if other is None:
            continue
        changed += 1
        passage = corpus.passages[question.passage].text.lower()
        new = set(tokenizer.decode(other).split()) - set(tokenizer.decode(question.tokens).split())
        assert new and not all(word in passage for word in new)
    assert changed > 10


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_every_kind_of_fact_can_be_asked_for(kind):
    rng = np.random.default_rng(kind)
    for _ in range(40):
        text, question, (start, end) = fact(rng, kind)
        assert "{" not in text + question and question.endswith("?")
        assert 0 <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end] != "nothing"


def test_a_figure_of_a_table_is_that_of_its_row_and_year():
    for seed in range(60):
        text, question, (start, end) = table(np.random.default_rng(seed))
        head, *rows = [line.replace(" | ", " ").rsplit(" ", 2) for line in text.split("\n")]
        year = question.rstrip("?").split()[-1]
        (figures,) = (figures for label, *figures in rows if label.lower() in question)
        assert text[start:end] == figures[head[1:].index(year)]


def test_a_form_holds_the_fact_it_asks_for_or_says_that_it_does_not():
    absent = 0
    for seed in range(200):
        form = make_form(np.random.default_rng(seed), ["It rained.", "Nobody came."] if seed % 2 else [])
        absent += form.answer is None
        assert form.answer is None or form.text[slice(*form.answer)].strip()
        assert ("It rained." in form.text) == bool(seed % 2)
    assert 20 < absent < 90


def test_forms_are_the_ones_that_the_shipped_reader_learned_from():
    rng = np.random.default_rng(0)
    forms = [make_form(rng, ["It rained.", "Nobody came."] * (turn % 2)) for turn in range(200)]
    rows = [[form.text, form.question, form.answer, form.others] for form in forms]
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    assert digest == "dba5d0c5d9bd1a9e7dc9ae6dbc240260adf04d69605db98ce051733e4ad8e5d7"


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5])
def test_others_are_the_share_asked_for_and_groups_keep_their_order(share):
    plain, others = [Group(np.arange(n), [], None) for n in range(2000)], itertools.repeat(Group(np.empty(0), [], None))
    together = list(mixed(iter(plain), others, share, np.random.default_rng(0)))
    assert [group for group in together if len(group.question) or group is plain[0]] == plain
    assert 1 - len(plain) / len(together) == pytest.approx(share, abs=0.03)


def test_made_documents_do_not_end_and_are_forms_and_lists(corpus, tokenizer):
    found = list(itertools.islice(form_groups(corpus, tokenizer, 3), 200))
    assert any(group.paths for group in found) and any(group.answer is None for group in found)
    for group in found:
        assert all(0 < len(run) <= 384 for run in group.runs)
        assert group.paths is None or len(group.paths) == len(group.runs)
        assert all(len(group.path(number)) <= 28 for number in range(len(group.runs)))
    again = list(itertools.islice(form_groups(corpus, tokenizer, 3), 200))
    assert all(np.array_equal(one.question, other.question) for one, other in zip(found, again))


def test_two_corpora_are_one_whose_questions_have_their_own_passages(corpus):
    both = joined_corpus(corpus, corpus)
    assert len(both.passages) == 2 * len(corpus.passages) and len(both.questions) == 2 * len(corpus.questions)
    for number, question in enumerate(both.questions):
        own = corpus.questions[number % len(corpus.questions)]
        assert question.text == own.text and both.passages[question.passage] is corpus.passages[own.passage]
    assert both.questions[-1].passage == corpus.questions[-1].passage + len(corpus.passages)


def test_a_title_is_the_heading_path_of_all_runs_of_a_group_or_of_none(corpus, negatives, tokenizer):
    titles = {tuple(passage.path.tolist()): passage.document.removeprefix("train-") for passage in corpus.passages}
    assert all(tokenizer.decode(path) == title for path, title in titles.items())
    found = [group for seed in SEEDS for group in groups(corpus, negatives, tokenizer, seed) if group.answer]
    assert 0.1 < np.mean([group.paths is not None for group in found]) < 0.55
    for group in found:
        for number, run in enumerate(group.runs if group.paths else []):
            title = titles[tuple(group.path(number).tolist())]
            texts = [p.tokens for p in corpus.passages if p.document == f"train-{title}"]
            assert any(len(set(run.tolist()) & set(text.tolist())) > len(set(run.tolist())) / 2 for text in texts)


def test_a_long_form_is_cut_around_its_answer(tokenizer):
    prose = ["The river rose again, and all the sheep had to be brought up from the lower fields to the church."] * 60
    for seed in range(20):
        rng = np.random.default_rng(seed)
        group = form_group(tokenizer, make_form(rng, prose), rng)
        assert len(group.runs[0]) == 384
        assert group.answer is None or 0 <= group.answer[0] <= group.answer[1] < 384


def test_labels_move_the_answer_and_never_cut_it(corpus, tokenizer):
    rng, labels = np.random.default_rng(0), [np.array([7592, 1024], np.int32)]
    grown = 0
    for question in corpus.questions * 5:
        run, span = corpus.passages[question.passage].tokens, question.spans[0]
        longer, (first, last) = labelled(run, span, labels, rng)
        grown += len(longer) > len(run)
        assert longer[first : last + 1].tolist() == run[span[0] : span[1] + 1].tolist()
        assert [t for t in longer.tolist() if t not in labels[0]] == run.tolist()
    assert grown > 10


def test_some_groups_get_labels_in_all_their_runs(corpus, negatives, tokenizer):
    noise, rng = Noise(tokenizer), np.random.default_rng(3)
    before = [group for seed in SEEDS for group in groups(corpus, negatives, tokenizer, seed)]
    after = [noise(group, rng) for group in before]
    share = np.mean([a is not b for a, b in zip(after, before)])
    assert 0.1 < share < 0.35


def test_a_run_that_labels_would_make_too_long_stays_as_it_was(tokenizer):
    """Question, heading path and run must fit the reader; the answer stands where it says in either case."""
    noise, rng, kept, changed = Noise(tokenizer), np.random.default_rng(0), 0, 0
    for length in (30, 380, 410):
        run = np.where(np.arange(length) % 6 == 5, 1012, np.arange(2000, 2000 + length)).astype(np.int32)
        group = Group(np.arange(5), [run, run[:20]], (length - 10, length - 8))
        for _ in range(150):
            noisy = noise(group, rng)
            if noisy is group:
                continue
            assert max(map(len, noisy.runs)) <= LONGEST_RUN
            first, last = noisy.answer
            assert noisy.runs[0][first : last + 1].tolist() == run[-10:-7].tolist()
            kept += length > 400 and noisy.runs[0] is run
            changed += len(noisy.runs[0]) > length
    assert kept > 5 and changed > 20


def test_questions_are_typed_with_an_error_or_two_and_sometimes_without_a_question_mark(corpus, tokenizer):
    typing, rng = Typing(tokenizer), np.random.default_rng(0)
    same = wrong = unmarked = 0
    for question in corpus.questions * 40:
        group = Group(question.tokens, [question.tokens], (0, 1))
        typed = typing(group, rng)
        assert typed.runs is group.runs and typed.answer == (0, 1)
        assert 0 < len(typed.question) <= len(question.tokens) + 8 and typed.question.dtype == np.int32
        bare = question.tokens[:-1] if typed.question[-1] != QUESTION_MARK else question.tokens
        unmarked += len(bare) < len(question.tokens)
        if np.array_equal(typed.question, bare):
            same += 1
            continue
        wrong += 1
        before, after = (tokenizer.decode(ids.tolist()).rstrip("?") for ids in (question.tokens, typed.question))
        assert abs(len(before) - len(after)) <= 4
    assert 0.1 < unmarked / 240 < 0.3 and 0.05 < wrong / 240 < 0.25 and same


def test_a_typing_error_is_one_letter_of_a_longer_word():
    rng, text = np.random.default_rng(0), "who signed the lease of 1851"
    found = {mistyped(text, rng) for _ in range(300)}
    assert len(found) > 60
    for typed in found:
        assert typed[:4] == "who " and typed.endswith(" 1851") and " of " in typed and typed.count(" ") == 5
        assert abs(len(typed) - len(text)) <= 1
        common = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(typed, text)))
        tail = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(typed[::-1], text[::-1])))
        assert common + tail >= len(text) - 2
    assert mistyped("who is it", rng) == "who is it" and mistyped("", rng) == ""
