import numpy as np
import pytest
import torch

from dsacli.documents import parse
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.query import QUESTION_TOKENS, question_tokens, run_dense, run_queries
from dsacli.errors import DsacliError

pytestmark = pytest.mark.precision("float32", "bfloat16")
KEPT = "Keeper {} lit the lamp on the {} rock at dusk and wrote {} lines in the log. "
SENTENCES = [KEPT.format(n, n, 7 * n) for n in range(1, 90)]
QUESTION = "Who wrote the log?"


def context(model, *texts: str) -> EncodedContext:
    return EncodedContext([encode_document(parse(f"{n}.txt", text.encode()), model) for n, text in enumerate(texts)])


@pytest.fixture(scope="module")
def short(model) -> EncodedContext:
    return context(model, "".join(SENTENCES[:4]))


@pytest.fixture(scope="module")
def long(model) -> EncodedContext:
    return context(model, "".join(SENTENCES), "".join(reversed(SENTENCES[:40])))


def pass_flops(config, n: int, layers: int) -> int:
    """`n` tokens through `layers`, every one attending to every other."""
    h, f = config.hidden_size, config.intermediate_size
    return layers * (2 * n * (4 * h * h + 2 * h * f) + 4 * n * n * h)


def test_a_question_costs_what_the_closed_form_says(model, short, run_query):
    """One run, so that nothing is padded: question pass, queries and weights, scan, reading pass, span head."""
    config, t = model.reader.config, len(question_tokens(model, QUESTION))
    assert len(short) <= config.run_tokens
    h, heads, width = config.hidden_size, config.index_n_heads, config.index_head_dim
    question = pass_flops(config, t + 2, config.index_layers) + 2 * (t + 2) * h * heads * (width + 1)
    scan = 2 * t * heads * (width + 1) * len(short)
    read = t + 3 + len(short)
    reading = pass_flops(config, read, config.num_hidden_layers) + 2 * read * h * 2
    savings = run_query(model, short, QUESTION).savings
    assert savings.flops.dsa == question + scan + reading


def test_the_dense_run_costs_what_the_closed_form_says(model, long, precision, run_query):
    config, t = model.reader.config, len(question_tokens(model, QUESTION))
    passages = len(long.passages())
    n = t + 2 + len(long) + passages  # a separator behind every passage
    run = run_dense(model, long, [QUESTION])
    assert run.flops == pass_flops(config, n, config.num_hidden_layers) + 2 * n * config.hidden_size * 2
    assert run.memory == 2 * n * config.hidden_size * config.num_hidden_layers * precision.itemsize  # keys and values
    assert run.seconds > 0
    estimate = run_query(model, long, QUESTION).savings.flops.dense
    assert estimate == pytest.approx(run.flops, rel=0.02)


def test_dense_attention_that_would_take_long_is_refused_with_an_estimate(model, long):
    huge = EncodedContext(long.documents * 150)
    with pytest.raises(DsacliError, match=r"dense attention over [\d,]+ tokens would take about [\d,]+ minutes"):
        run_dense(model, huge, [QUESTION])


@pytest.mark.parametrize("index_topk", [1, 100, 512])
def test_no_more_tokens_are_selected_and_read_than_asked_for(model, long, index_topk, run_query):
    result = run_query(model, long, QUESTION, index_topk)
    read = {token for first, last in result.runs for token in range(first, last)}
    assert result.savings.selected_tokens == len(read) and read <= set(range(len(long)))
    assert index_topk / 4 <= len(read) <= index_topk


def test_a_smaller_selection_costs_less(model, long, run_query):
    costs = [run_query(model, long, QUESTION, k).savings.flops.dsa for k in (128, 512, 1024)]
    assert costs == sorted(costs) and costs[0] < costs[-1] / 3


def test_everything_is_selected_where_there_is_less_than_the_top_k(model, short, run_query):
    result = run_query(model, short, QUESTION)
    assert result.savings.selected_tokens == len(short) and result.runs == [(0, len(short))]


def test_runs_fit_the_reader_and_never_cross_documents(model, long, run_query):
    result = run_query(model, long, QUESTION, len(long))
    edge = int(long.edges[1])
    assert all(last - first <= model.reader.config.run_tokens for first, last in result.runs)
    assert not any(first < edge < last for first, last in result.runs)
    assert {t for first, last in result.runs for t in range(first, last)} == set(range(len(long)))


def test_probabilities_add_up_to_one(model, long, run_query):
    spans = run_query(model, long, QUESTION).spans
    assert spans.no_answer + sum(float(run.band.sum()) for run in spans.runs) == pytest.approx(1, abs=1e-3)
    best = spans.best(5)
    assert len(best) == 5 and all(0 <= p <= 1 + 1e-6 for *_, p in best)
    assert [p for *_, p in best] == sorted((p for *_, p in best), reverse=True)
    assert all(a[1] < b[0] or b[1] < a[0] for i, a in enumerate(best) for b in best[:i])


def test_the_same_question_gives_the_same_answer_twice(model, long, run_query):
    first, second = (run_query(model, long, QUESTION) for _ in range(2))
    assert first.runs == second.runs and first.spans.best(3) == second.spans.best(3)


def test_the_memory_is_that_of_index_keys_and_selected_entries(model, long, precision, run_query):
    config, result = model.reader.config, run_query(model, long, QUESTION, 512)
    savings = result.savings
    keys = len(long) * config.index_head_dim * long.index_keys.element_size()
    read = sum(last - first + len(question_tokens(model, QUESTION)) + 3 for first, last in result.runs)
    entries = 2 * read * config.hidden_size * config.num_hidden_layers * precision.itemsize
    assert savings.memory.dsa == keys + entries
    assert savings.memory.dense > savings.memory.dsa
    assert savings.context_tokens == len(long) == sum(map(len, long.documents))


def test_a_question_of_64_tokens_is_taken_and_one_of_65_is_not(model):
    assert len(question_tokens(model, "why " * QUESTION_TOKENS)) == QUESTION_TOKENS == 64
    with pytest.raises(DsacliError, match="the question is 65 tokens long; the reader takes 64"):
        question_tokens(model, "why " * 65)


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_a_question_without_words_is_refused(model, question):
    with pytest.raises(DsacliError, match="the question is empty"):
        question_tokens(model, question)


def test_tokens_of_a_context_belong_to_their_documents(long):
    edge = int(long.edges[1])
    assert long.place(edge - 1) == (long.documents[0], edge - 1)
    assert long.place(edge) == (long.documents[1], 0)
    assert long.evidence(edge, edge).document == "1.txt"
    assert np.array_equal(long.run(edge, edge + 5).tokens, long.documents[1].token_ids[:5])
    assert torch.equal(long.index_keys[edge:], long.documents[1].index_keys)


def test_questions_asked_together_cost_and_answer_as_they_do_apart(model, long, run_query):
    questions = [QUESTION, "Where is it?", "How many people came to the mill in that year?"]
    for question, together in zip(questions, run_queries(model, long, questions, 512)):
        alone = run_query(model, long, question, 512)
        assert together.runs == alone.runs and together.spans.best(3) == alone.spans.best(3)
        assert together.savings.flops == alone.savings.flops and together.savings.memory == alone.savings.memory


def test_a_question_that_cannot_be_asked_is_refused_before_any_is_answered(model, long):
    with pytest.raises(DsacliError, match="the question is empty"):
        next(run_queries(model, long, [QUESTION, " "]))
