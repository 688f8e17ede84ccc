"""What is made of the reader's figures: runs cut into windows, and the distribution over spans."""

import numpy as np
import pytest
import torch

from dsacli.dsa.selection import Selection
from dsacli.reader import reading
from dsacli.reader.network import ReaderConfig
from dsacli.reader.reading import RunLogits
from dsacli.reader.runs import (
    BEGINNING,
    BEGINNING_SHARE,
    RUN_OVERLAP,
    SHORTEST_RUN,
    Run,
    beginnings,
    merged,
    select_runs,
    split_runs,
    whole_runs,
    within,
)
from dsacli.reader.spans import ANSWER_TOKENS, CROSSING, RunSpans, SpanDistribution, weigh_spans

GENERATOR = np.random.default_rng(0)


def read_runs(reader, question, runs):
    return weigh_spans(reader.config, reading.read_runs(reader, question, runs))


def read_sequence(reader, question, runs):
    return weigh_spans(reader.config, reading.read_sequence(reader, question, runs))


def random_spans(*edges: tuple[int, int], width: int = 5) -> SpanDistribution:
    """Random probabilities for runs [first, last), none for spans that leave their run."""
    bands = []
    for first, last in edges:
        band = GENERATOR.random((last - first, width)) ** 6
        fits = np.arange(last - first)[:, None] + np.arange(width)[None, :] < last - first
        bands.append(RunSpans(first, band * fits))
    total = 1.25 * sum(run.band.sum() for run in bands)
    return SpanDistribution([RunSpans(run.first, run.band / total) for run in bands], 0.2)


def every_span(spans: SpanDistribution) -> list[tuple[int, int, float]]:
    return [
        (run.first + i, run.first + i + n, float(p)) for run in spans.runs for (i, n), p in np.ndenumerate(run.band)
    ]


@pytest.mark.parametrize("read", [read_runs, read_sequence])
def test_probabilities_sum_to_one_with_the_no_answer(reader, read):
    question, document = GENERATOR.integers(103, 200, 5), GENERATOR.integers(103, 200, 300)
    spans = read(reader, question, [Run(a, document[a:b]) for a, b in ((0, 1), (10, 100), (120, 300))])
    assert 0 < spans.no_answer < 1
    assert spans.no_answer + sum(run.band.sum() for run in spans.runs) == pytest.approx(1, abs=1e-4)
    assert spans.mass(0, 300) == pytest.approx(1 - spans.no_answer, abs=1e-4)
    for run in spans.runs:
        assert run.band.shape[1] == ANSWER_TOKENS
        assert (run.band >= 0).all()
    assert all(last < 300 and not 1 <= last < 10 for _, last, p in every_span(spans) if p > 0)


def logits(first: int, score: float, no_answer: float, height: float) -> RunLogits:
    """A run of ten tokens whose best span is its third token, `height` above the others."""
    figures = np.zeros((10, 2))
    figures[2] = height / 2
    return RunLogits(Run(first, np.arange(10), score), figures, no_answer)


def test_the_index_prior_decides_between_runs_that_read_alike():
    near, far = logits(0, 2.0, -5.0, 8.0), logits(100, 1.0, -5.0, 9.0)
    assert weigh_spans(ReaderConfig(index_prior=0.0), [near, far]).best(1)[0][:2] == (102, 102)
    assert weigh_spans(ReaderConfig(index_prior=4.0), [near, far]).best(1)[0][:2] == (2, 2)


def test_the_no_answer_is_that_of_the_run_with_the_best_span():
    here, elsewhere = logits(0, 1.0, 9.0, 9.0), logits(100, 1.0, -9.0, 2.0)
    assert weigh_spans(ReaderConfig(), [here, elsewhere]).no_answer == pytest.approx(0.5, abs=0.05)


def test_temperature_and_bias_move_the_confidence_and_not_the_answer():
    read = [logits(0, 1.0, 3.0, 9.0), logits(100, 1.0, 1.0, 2.0)]
    settings = [{}, {"temperature": 2.0}, {"no_answer_bias": 4.0}]
    (plain, cool, biased) = (weigh_spans(ReaderConfig(**each), read).best(1)[0] for each in settings)
    assert plain[:2] == cool[:2] == biased[:2] == (2, 2)
    assert plain[2] > cool[2] and plain[2] > biased[2]


def test_mass_is_the_sum_over_every_span_that_overlaps():
    spans = random_spans((0, 12), (12, 20), (18, 30), (100, 101))
    assert {run.first for run in spans.runs} == {0, 12, 18, 100}
    for first in range(0, 105, 3):
        for last in (first, first + 1, first + 11, first + 60):
            expected = sum(p for low, high, p in every_span(spans) if low <= last and high >= first)
            assert spans.mass(first, last) == pytest.approx(expected, abs=1e-12), (first, last)


def test_mass_outside_every_run_is_nothing():
    spans = random_spans((10, 20), (40, 50))
    assert spans.mass(0, 9) == spans.mass(20, 39) == spans.mass(50, 99) == 0
    assert spans.mass(0, 99) == pytest.approx(0.8)


@pytest.mark.parametrize("count", [1, 3, 6])
def test_best_spans_are_sorted_apart_and_carry_their_mass(count):
    spans = random_spans((0, 60), (60, 90), (200, 260))
    best = spans.best(count)
    assert len(best) == count
    masses = [mass for _, _, mass in best]
    assert masses == sorted(masses, reverse=True)
    for first, last, mass in best:
        assert first <= last
        assert mass == pytest.approx(spans.mass(first, last))
    taken = sorted((first, last) for first, last, _ in best)
    assert all(last < following for (_, last), (following, _) in zip(taken, taken[1:]))


def test_best_takes_the_most_probable_span_and_then_the_next_that_does_not_overlap():
    spans = random_spans((0, 60), (60, 90), (200, 260))
    expected: list[tuple[int, int]] = []
    for low, high, _ in sorted(every_span(spans), key=lambda span: -span[2]):
        if len(expected) < 4 and all(high < first or low > last for first, last in expected):
            expected.append((low, high))
    assert sorted((first, last) for first, last, _ in spans.best(4)) == sorted(expected)


def test_best_finds_an_answer_that_two_windows_share_once():
    band = np.zeros((10, 3))
    band[5, 1] = 0.3
    again = np.zeros((10, 3))
    again[0, 1] = 0.4
    spans = SpanDistribution([RunSpans(0, band), RunSpans(5, again)], 0.3)
    assert spans.best(3) == [(5, 6, pytest.approx(0.7))]


def test_spans_that_share_one_token_are_one_answer_and_side_by_side_they_are_two():
    band = np.zeros((10, 3))
    band[2, 2], band[4, 1], band[6, 0] = 0.4, 0.3, 0.2
    best = SpanDistribution([RunSpans(0, band)], 0.1).best(3)
    assert [(first, last) for first, last, _ in best] == [(2, 4), (6, 6)]
    assert [mass for _, _, mass in best] == [pytest.approx(0.7), pytest.approx(0.2)]
    band[4, 1], band[5, 1] = 0, 0.3
    best = SpanDistribution([RunSpans(0, band)], 0.1).best(3)
    assert [(first, last) for first, last, _ in best] == [(5, 6), (2, 4)]


def test_best_of_nothing_is_nothing():
    assert SpanDistribution([], 1.0).best(3) == []
    assert SpanDistribution([RunSpans(0, np.zeros((4, 2)))], 1.0).best(3) == []


@pytest.mark.parametrize("length", [1, 63, 64, 65, 383, 384, 385, 448, 449, 703, 704, 705, 5000])
def test_long_runs_are_windows_that_overlap_and_leave_nothing_out(length):
    limit, first = 384, 1000
    windows = split_runs([(first, first + length)], [], limit)
    assert windows[0][0] == first and windows[-1][1] == first + length
    lengths = [high - low for low, high in windows]
    assert max(lengths) <= limit
    assert max(lengths) - min(lengths) <= 1, "windows of even length"
    assert all(low < following < high for (low, high), (following, _) in zip(windows, windows[1:]))
    overlaps = [high - low for (_, high), (low, _) in zip(windows, windows[1:])]
    assert overlaps == [RUN_OVERLAP] * (len(windows) - 1)
    assert len(windows) == (1 if length <= limit else -(-(length - RUN_OVERLAP) // (limit - RUN_OVERLAP)))


def test_no_answer_of_the_longest_kind_is_cut_in_two():
    windows = split_runs([(0, 3000)], [], 200)
    for first in range(3000 - ANSWER_TOKENS + 1):
        assert any(low <= first and first + ANSWER_TOKENS <= high for low, high in windows), first


def test_runs_are_cut_where_a_document_begins():
    assert split_runs([(10, 50)], [0, 30, 100], 384) == [(10, 30), (30, 50)]
    assert split_runs([(10, 50), (60, 70)], [10, 50, 60, 65, 70], 384) == [(10, 50), (60, 65), (65, 70)]
    assert split_runs([(10, 50)], [20, 30], 384) == [(10, 20), (20, 30), (30, 50)]


def test_no_window_reaches_over_the_edge_of_a_document():
    runs, edges = [(0, 900), (950, 2000)], [0, 500, 1700]
    windows = split_runs(runs, edges, 384)
    covered = {token for low, high in windows for token in range(low, high)}
    assert covered == {*range(900), *range(950, 2000)}
    assert not any(low < edge < high for low, high in windows for edge in edges)
    assert max(high - low for low, high in windows) <= 384


def test_no_runs_no_windows():
    assert split_runs([], [0, 5], 384) == []


def stretch(*ranges: tuple[int, int]) -> np.ndarray:
    return np.concatenate([np.arange(first, last) for first, last in ranges])


SENTENCES = np.arange(0, 1001, 40)


def test_a_half_selected_sentence_is_read_whole_and_a_less_selected_one_not_at_all():
    assert whole_runs(stretch((85, 105), (210, 229)), SENTENCES) == [(80, 120)]


def test_neighbouring_sentences_are_one_run():
    assert whole_runs(stretch((90, 190), (400, 440)), SENTENCES) == [(80, 200), (400, 440)]
    assert whole_runs(stretch((960, 1000)), SENTENCES) == [(960, 1000)]


def test_a_few_words_are_read_only_where_there_is_nothing_longer():
    edges = np.array([0, SHORTEST_RUN - 1, 100, 200])
    short, long = stretch((0, SHORTEST_RUN - 1)), stretch((100, 200))
    assert whole_runs(np.concatenate([short, long]), edges) == [(100, 200)]
    assert whole_runs(short, edges) == [(0, SHORTEST_RUN - 1)]


@pytest.mark.parametrize("seed", range(5))
def test_no_more_than_twice_what_was_selected_is_read(seed):
    random = np.random.default_rng(seed)
    edges = np.unique([0, 5000, *random.integers(1, 5000, 150)])
    for width in (1, 20, 129):
        selected = np.unique(np.minimum(random.integers(0, 5000, 8)[:, None] + np.arange(width), 4999))
        runs = whole_runs(selected, edges)
        assert runs == sorted(runs)
        assert sum(last - first for first, last in runs) <= 2 * len(selected)


def test_two_distant_tokens_do_not_read_the_document_between_them():
    runs = whole_runs(np.array([3, 900_000]), np.arange(0, 1_000_001, 40))
    assert sum(last - first for first, last in runs) <= 1000


def test_what_was_selected_in_a_text_without_sentences_is_read():
    """A table, code or a transcript without full stops: no neighbourhood is half of such a sentence."""
    edges, selected = np.array([0, 40, 80, 20_000]), stretch((0, 40), (9000, 9129))
    runs = whole_runs(selected, edges)
    assert any(first <= 9000 and last >= 9129 for first, last in runs)
    assert sum(last - first for first, last in runs) < 1000


def test_a_span_over_two_sentences_must_be_far_better_than_one_within():
    figures = np.full((10, 2), -5.0)
    figures[2, 0], figures[4, 1], figures[7, 1] = 6.0, 5.0, 6.0
    one = RunLogits(Run(0, np.arange(10)), figures, -9.0)
    two = RunLogits(Run(0, np.arange(10), sentences=np.repeat([3, 4], [6, 4])), figures, -9.0)
    assert weigh_spans(ReaderConfig(), [one]).best(1)[0][:2] == (2, 7)
    assert weigh_spans(ReaderConfig(), [two]).best(1)[0][:2] == (2, 4)
    figures[7, 1] += CROSSING
    assert weigh_spans(ReaderConfig(), [two]).best(1)[0][:2] == (2, 7)


def test_the_beginning_of_each_document_with_a_run_is_read_in_whole_sentences():
    documents = [0, 1000, 1300, 5000]
    edges = np.unique([*range(0, 1000, 40), *range(1000, 1300, 150), *range(1300, 5001, 50)])
    assert beginnings([(400, 480)], edges, documents, 1000) == [(0, 120)]
    assert beginnings([(400, 480), (2000, 2100), (3000, 3100)], edges, documents, 1000) == [(0, 120), (1300, 1400)]
    # A first sentence that is longer than a beginning is cut.
    assert beginnings([(1200, 1250)], edges, documents, 1000) == [(1000, 1000 + BEGINNING)]


def test_a_beginning_is_no_longer_than_its_document_and_all_of_them_than_their_share():
    edges = np.array([0, 40, 60, 100, 140, 1000])
    assert beginnings([(45, 50), (70, 90)], edges, [0, 60, 1000], 1000) == [(0, 60), (60, 140)]
    assert beginnings([(45, 50), (70, 90)], edges, [0, 60, 1000], 75) == [(0, 60), (60, 75)]
    assert beginnings([(45, 50), (70, 90)], edges, [0, 60, 1000], 60) == [(0, 60)]
    assert beginnings([(45, 50)], edges, [0, 60, 1000], 0) == []


def test_a_beginning_that_is_read_anyway_is_not_read_twice():
    edges = np.arange(0, 2001, 40)
    assert beginnings([(0, 120), (400, 480)], edges, [0, 2000], 1000) == []
    assert beginnings([(0, 80), (400, 480)], edges, [0, 2000], 1000) == [(0, 120)]


def test_runs_that_touch_are_merged_in_order():
    assert merged([(50, 60), (0, 10), (10, 20), (55, 58), (58, 70)]) == [(0, 20), (50, 70)]
    assert merged([]) == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("topk", [64, 300, 1024])
def test_with_the_beginnings_no_more_than_the_top_k_is_read_and_the_best_run_is(reader, seed, topk):
    random = np.random.default_rng(seed)
    documents = [0, *np.unique(random.integers(1, 9000, 4)).tolist(), 9000]
    edges = np.unique([*range(0, 9000, 30), *random.integers(0, 9000, 30), *documents])
    tokens = np.unique(random.integers(0, 8900, topk // 64)[:, None] + np.arange(64))
    selection = Selection(torch.from_numpy(tokens), torch.from_numpy(random.random(len(tokens)).astype(np.float32)))
    (best,) = within(selection, whole_runs(tokens, edges), 1)
    found = select_runs(reader, np.arange(4), selection, edges, documents, topk)
    read = {token for first, last in found.runs for token in range(first, last)}
    assert read >= {*range(*best)}
    assert found.tokens == len(read) <= max(topk, best[1] - best[0])
    if topk // BEGINNING_SHARE > BEGINNING // 2:
        assert read & {*documents}


def test_a_sentence_that_holds_the_question_word_for_word_is_likelier():
    def read(exact):
        logits = np.zeros((40, 2))
        logits[[5, 25], 0] = logits[[6, 26], 1] = 8.0
        return [RunLogits(Run(0, np.arange(40), sentences=np.arange(40) // 20, exact=exact), logits, 2.0)]

    config = ReaderConfig(exact_prior=4.0)
    exact = np.repeat([0.4, 1.0], 20)
    assert weigh_spans(config, read(None)).best(2)[0][2] == pytest.approx(
        weigh_spans(config, read(None)).best(2)[1][2], rel=1e-3
    )
    (first, last, likelier), (_, _, other) = weigh_spans(config, read(exact)).best(2)
    assert (first, last) == (25, 26) and likelier > 10 * other
    # Some of the words say nothing.
    same = weigh_spans(config, read(np.full(40, 0.8))).best(2)
    assert same == weigh_spans(config, read(None)).best(2)
