from dataclasses import replace

import numpy as np
import pytest
import torch

from dsacli.dsa.cost import CostMeter
from dsacli.dsa.selection import merge_runs
from dsacli.reader import batches, reading
from dsacli.reader.encoding import encode_passages, index_queries
from dsacli.reader.lexical import Words
from dsacli.reader.rows import CLS, NO_TOKENS, SEP, question_row
from dsacli.reader.runs import Run, select
from dsacli.reader.spans import ANSWER_TOKENS, SpanDistribution, weigh_spans

# Of the small reader, which is float32, and of the index queries, which follow what the machine scans in.
pytestmark = pytest.mark.precision("float32")
DOCUMENT = np.random.default_rng(0).integers(103, 200, 1000)
QUESTION = np.random.default_rng(1).integers(103, 200, 6)
# Of different lengths and not in the order of their lengths.
EDGES = [(0, 40), (40, 41), (41, 60), (200, 290), (300, 303), (990, 1000)]
PATHS = [np.arange(110, 110 + length) for length in (3, 0, 28, 1, 0, 7)]
NO_WORDS = np.empty(0, np.uint64)


def read_runs(reader, question, runs):
    return weigh_spans(reader.config, reading.read_runs(reader, question, runs))


def read_sequence(reader, question, runs):
    return weigh_spans(reader.config, reading.read_sequence(reader, question, runs))


def run(first: int, last: int) -> Run:
    return Run(first, DOCUMENT[first:last])


RUNS = [run(*edges) for edges in EDGES]


def bands(spans: SpanDistribution) -> dict[int, np.ndarray]:
    return {part.first: part.band for part in spans.runs}


def assert_same(one: SpanDistribution, other: SpanDistribution) -> None:
    assert one.no_answer == pytest.approx(other.no_answer, rel=1e-4)
    assert bands(one).keys() == bands(other).keys()
    for first, band in bands(one).items():
        np.testing.assert_allclose(band, bands(other)[first], rtol=1e-3, atol=1e-7)


@pytest.fixture
def one_at_a_time(monkeypatch):
    """Call this and no two rows share a batch any more."""
    return lambda: monkeypatch.setattr(batches, "BATCH_TOKENS", 1)


def passages() -> list[np.ndarray]:
    return [DOCUMENT[first:last] for first, last in EDGES]


def words_of_passages(keys: torch.Tensor) -> Words:
    """One passage without words."""
    return Words(NO_WORDS, np.empty(0, np.int64), torch.zeros(1), torch.tensor([0, len(keys)]))


@pytest.mark.parametrize("paths", [[], PATHS], ids=["no paths", "paths"])
def test_index_keys_are_in_document_order_whatever_the_lengths(reader, paths):
    keys = encode_passages(reader, passages(), paths)
    assert keys.dtype == torch.bfloat16
    assert keys.shape == (sum(map(len, passages())), 8)
    expected = []
    for passage, path in zip(passages(), paths or [NO_TOKENS] * len(EDGES)):
        token_ids = torch.tensor([[CLS, *path, *[SEP] * bool(len(path)), *passage, SEP]])
        hidden = reader.index(token_ids, torch.ones_like(token_ids), None)
        expected.append(reader.indexer.keys(hidden)[0, -len(passage) - 1 : -1])
    torch.testing.assert_close(keys.float(), torch.cat(expected), rtol=0.01, atol=0.01)


def test_batching_passages_does_not_change_their_keys(reader, one_at_a_time):
    together = encode_passages(reader, passages())
    one_at_a_time()
    torch.testing.assert_close(together, encode_passages(reader, passages()), rtol=0.01, atol=0.01)


def test_a_passage_knows_nothing_of_the_others(reader):
    changed = passages()
    changed[3] = changed[3][::-1].copy()
    before, after = encode_passages(reader, passages()), encode_passages(reader, changed)
    start = sum(map(len, passages()[:3]))
    same = (before - after).abs().amax(1) < 0.02
    assert same[:start].all() and same[start + 90 :].all()
    assert not same[start : start + 90].all()


def test_progress_adds_up_to_the_tokens_of_the_document(reader, one_at_a_time):
    one_at_a_time()
    steps: list[int] = []
    encode_passages(reader, passages(), on_tokens=steps.append)
    assert sorted(steps) == sorted(map(len, passages()))


@pytest.mark.precision("float32", "bfloat16")
def test_index_queries_have_one_row_per_token_of_the_question(reader, precision):
    queries, weights = index_queries(reader, [QUESTION])
    assert queries.shape == (6, 3, 8) and weights.shape == (6, 3)
    token_ids = torch.tensor([[CLS, *QUESTION, SEP]])
    hidden = reader.index(token_ids, torch.zeros_like(token_ids), None)[:, 1:-1]
    expected, _ = reader.indexer.queries(hidden)
    assert queries.dtype == weights.dtype == precision
    # The float32 reader's, and in bfloat16 each rounded once to 8 significant bits.
    rounding = 0 if precision == torch.float32 else 2**-8
    torch.testing.assert_close(queries.float(), expected[0], rtol=1e-5 + rounding, atol=1e-5)
    as_passage, _ = index_queries(reader, [QUESTION], type_id=1)
    assert not torch.allclose(queries.float(), as_passage.float(), rtol=0.01, atol=0.01)


def test_select_takes_the_neighbourhood_of_the_config(reader):
    """One query and one key that matches it: with a radius of 2 its neighbours score as high."""
    keys = torch.zeros(20, 8)
    keys[9] = 1
    (selection,) = select(
        reader, [(torch.ones(1, 3, 8), torch.ones(1, 3))], [NO_WORDS], keys, words_of_passages(keys), 5
    )
    assert merge_runs(selection.tokens.numpy()) == [(7, 12)]
    assert (selection.scores > 0).all()


def test_the_words_of_a_passage_are_chosen_by_and_only_where_they_are_asked_for(reader):
    """Keys that are all alike: the lexical term alone decides, and without words nothing does."""
    keys, edges = torch.ones(30, 8), torch.tensor([0, 10, 20, 30])
    words = Words(np.array([5, 5, 7], np.uint64), np.array([0, 2, 1]), torch.tensor([1.0, 1.0, 1.0]), edges)
    asked = [np.array(each, np.uint64) for each in ([7], [])]
    seven, nothing = select(reader, [(torch.ones(1, 3, 8), torch.ones(1, 3))] * 2, asked, keys, words, 10)
    assert merge_runs(seven.tokens.numpy()) == [(10, 20)]
    assert (nothing.scores == nothing.scores[0]).all() and (seven.scores > nothing.scores).all()


def test_reading_in_batches_is_reading_one_at_a_time(reader, one_at_a_time):
    headed = [replace(one, path=path) for one, path in zip(RUNS, PATHS)]
    together = read_runs(reader, QUESTION, headed)
    one_at_a_time()
    assert_same(together, read_runs(reader, QUESTION, headed))


@pytest.mark.parametrize("read", [reading.read_runs, reading.read_sequence])
def test_a_run_is_read_under_its_heading_path_and_spans_are_its_own_tokens(reader, read):
    headed = replace(RUNS[3], path=PATHS[2])
    (found,) = read(reader, QUESTION, [headed])
    token_ids = torch.tensor([[CLS, *QUESTION, SEP, *PATHS[2], SEP, *RUNS[3].tokens, SEP]])
    logits = reader.reading(token_ids, torch.arange(token_ids.shape[1])[None], None)[0]
    np.testing.assert_allclose(found.logits, logits[-91:-1].numpy(), rtol=1e-3, atol=1e-4)
    assert found.no_answer == pytest.approx(float(logits[0].sum()), rel=1e-3)
    (bare,) = read(reader, QUESTION, [RUNS[3]])
    assert np.abs(bare.logits - found.logits).max() > 0.01


def test_the_order_of_runs_does_not_matter_when_they_are_read_apart(reader):
    assert_same(read_runs(reader, QUESTION, RUNS), read_runs(reader, QUESTION, RUNS[::-1]))


def test_a_batch_is_not_mostly_padding(reader):
    """A query executes little more than its runs need, though one of them is far longer than the rest."""
    runs = [run(0, 300), *(run(first, first + 10) for first in range(300, 500, 10))]
    together, apart = CostMeter(), CostMeter()
    with together.watch(reader):
        read_runs(reader, QUESTION, runs)
    with apart.watch(reader):
        for each in runs:
            read_runs(reader, QUESTION, [each])
    assert together.total < 1.5 * apart.total


def test_one_run_as_a_sequence_is_one_run_apart(reader):
    for one in RUNS:
        assert_same(read_sequence(reader, QUESTION, [one]), read_runs(reader, QUESTION, [one]))


def test_every_run_of_a_sequence_gets_the_logits_of_its_own_tokens(reader):
    """Spans of one and of two tokens in each run, against the exponentials of the network's own logits."""
    row = question_row(QUESTION, *((one.tokens, one.path) for one in RUNS))
    inputs = (torch.from_numpy(part)[None] for part in (row.token_ids, row.positions))
    logits = reader.reading(*inputs, None)[0].numpy()[row.in_run]
    spans, place = read_sequence(reader, QUESTION, RUNS), 0
    reference = spans.runs[0].band[0, 0] / np.exp(logits[0].sum())
    for part, one in zip(spans.runs, RUNS):
        own = logits[place : place + len(one.tokens)]
        place += len(one.tokens)
        assert part.first == one.first
        np.testing.assert_allclose(part.band[:, 0], np.exp(own.sum(1)) * reference, rtol=1e-3)
        np.testing.assert_allclose(part.band[:-1, 1], np.exp(own[:-1, 0] + own[1:, 1]) * reference, rtol=1e-3)


def test_runs_apart_do_not_see_each_other_and_runs_of_a_sequence_do(reader):
    changed = [*RUNS[:3], Run(200, RUNS[3].tokens[::-1].copy()), *RUNS[4:]]

    def shape(read, runs) -> np.ndarray:
        """The first run's spans, relative to each other: free of the softmax over all runs."""
        band = bands(read(reader, QUESTION, runs))[0]
        return band / band.sum()

    np.testing.assert_allclose(shape(read_runs, RUNS), shape(read_runs, changed), rtol=1e-3, atol=1e-7)
    one_token = shape(read_sequence, RUNS)[:, 0], shape(read_sequence, changed)[:, 0]
    assert np.abs(one_token[0] / one_token[1] - 1).max() > 0.01


@pytest.mark.precision("float32", "bfloat16")
@pytest.mark.parametrize("read", [read_runs, read_sequence])
def test_a_token_outside_the_selection_cannot_influence_the_answer(reader, read):
    keys = encode_passages(reader, np.split(DOCUMENT, 10))
    words = words_of_passages(keys)
    (selection,) = select(reader, [index_queries(reader, [QUESTION])], [NO_WORDS], keys, words, 150)

    def answer(document: np.ndarray) -> SpanDistribution:
        return read(
            reader, QUESTION, [Run(low, document[low:high]) for low, high in merge_runs(selection.tokens.numpy())]
        )

    outside = np.ones(len(DOCUMENT), bool)
    outside[selection.tokens.numpy()] = False
    altered = np.where(outside, 103, DOCUMENT)
    assert (altered != DOCUMENT).sum() > 800
    for band, expected in zip(answer(altered).runs, answer(DOCUMENT).runs):
        assert np.array_equal(band.band, expected.band)

    altered = DOCUMENT.copy()
    altered[selection.tokens[75]] = 103 if DOCUMENT[selection.tokens[75]] != 103 else 104
    assert not all(np.array_equal(a.band, b.band) for a, b in zip(answer(altered).runs, answer(DOCUMENT).runs))


@pytest.mark.parametrize("read", [read_runs, read_sequence])
def test_the_band_is_one_softmax_over_start_plus_end_of_every_span(reader, read):
    """Against the logits themselves; a sequence of one run, so that both ways have the same."""
    temperature, bias, length = 0.7, 1.5, 90
    reader.config = replace(reader.config, temperature=temperature, no_answer_bias=bias)
    spans = read(reader, QUESTION, [RUNS[3]])
    token_ids = torch.tensor([[CLS, *QUESTION, SEP, *RUNS[3].tokens, SEP]])
    logits = reader.reading(token_ids, torch.arange(token_ids.shape[1])[None], None)[0].double()
    start, end = logits[8 : 8 + length].T
    scores = {(i, j): float(start[i] + end[j]) for i in range(length) for j in range(i, min(length, i + ANSWER_TOKENS))}
    weights = {span: np.exp(score / temperature) for span, score in scores.items()}
    nothing = np.exp((float(logits[0].sum()) + bias) / temperature)
    total = nothing + sum(weights.values())
    assert spans.no_answer == pytest.approx(nothing / total, rel=1e-3)
    band = spans.runs[0].band
    for (i, j), weight in weights.items():
        assert band[i, j - i] == pytest.approx(weight / total, rel=1e-3, abs=1e-9)
    assert band.sum() == pytest.approx(sum(weights.values()) / total, rel=1e-3)


def test_no_answer_is_that_of_the_run_with_the_best_span(reader):
    """Relative to a span of the same run, the no-answer is what this run alone gives it, whatever the others say."""
    spans = read_runs(reader, QUESTION, RUNS)
    best = max(spans.runs, key=lambda part: part.band.max())
    ratios = {}
    for one in RUNS:
        alone = read_runs(reader, QUESTION, [one])
        ratios[one.first] = alone.no_answer / alone.runs[0].band.max()
    assert spans.no_answer / best.band.max() == pytest.approx(ratios.pop(best.first), rel=1e-3)
    assert all(ratio != pytest.approx(spans.no_answer / best.band.max(), rel=0.01) for ratio in ratios.values())


def test_a_span_that_two_overlapping_windows_hold_counts_in_one_of_them(reader):
    windows = [run(100, 200), run(136, 236)]
    first, second = (bands(read_runs(reader, QUESTION, windows))[one.first] for one in windows)
    counted = np.concatenate([first[:, 0] > 0, np.zeros(36, bool)]).astype(int)
    counted[36:] += second[:, 0] > 0
    assert (counted == 1).all()
    assert (first[:36, 0] > 0).all() and (second[64:, 0] > 0).all()


@pytest.mark.parametrize(
    ("free", "tokens"), [(1 << 20, 2048), (4 << 30, 32_768), (80 << 30, 131_072)], ids=["full", "small", "large"]
)
def test_a_gpu_takes_as_many_tokens_as_its_free_memory_holds(monkeypatch, free, tokens):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 80 << 30))
    assert batches.batch_tokens(torch.device("cuda")) == tokens
    assert batches.batch_tokens(torch.device("cpu")) == 2048
