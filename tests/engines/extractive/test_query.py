import numpy as np
import pytest
import torch

from dsacli.documents import parse
from dsacli.engines.extractive.ask import ask
from dsacli.engines.extractive.encode import EncodedContext, encode_document
from dsacli.engines.extractive.query import (
    LONGEST_QUESTION,
    PIECE,
    Queries,
    read_question,
    run_dense,
)
from dsacli.engines.options import Options
from dsacli.errors import DsacliError
from dsacli.reader.encoding import index_queries
from dsacli.reader.lexical import asked_of
from dsacli.reader.network import QUESTION_TOKENS

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


def pass_flops(config, n: int, part: str = "") -> int:
    """`n` tokens through the reading network, or the index network ("index_"), every one attending to every other."""
    h, f = getattr(config, f"{part}hidden_size"), getattr(config, f"{part}intermediate_size")
    layers = config.index_layers if part else config.num_hidden_layers
    return layers * (2 * n * (4 * h * h + 2 * h * f) + 4 * n * n * h)


def test_a_question_costs_what_the_closed_form_says(model, short, run_query):
    """One run, so that nothing is padded: question pass, queries and weights, scan, reading pass, span head."""
    config, t = model.reader.config, len(model.encode(QUESTION))
    assert len(short) <= config.run_tokens
    h, heads, width = config.index_hidden_size, config.index_n_heads, config.index_head_dim
    question = pass_flops(config, t + 2, "index_") + 2 * (t + 2) * h * heads * (width + 1)
    words = len({"who", "wrote", "the", "log"}) + len({"who wrote", "wrote the", "the log"})
    scan = 2 * t * heads * (width + 1) * len(short) + 2 * words * len(short.passages())
    read = t + 3 + len(short)
    reading = pass_flops(config, read) + 2 * read * config.hidden_size * 2
    savings = run_query(model, short, QUESTION).savings
    assert savings.flops.dsa == question + scan + reading


def test_the_dense_run_costs_what_the_closed_form_says(model, long, precision, run_query):
    config, t = model.reader.config, len(model.encode(QUESTION))
    passages = len(long.passages())
    n = t + 2 + len(long) + passages  # a separator behind every passage
    run = run_dense(model, long, [read_question(model, long, QUESTION)])
    assert run.flops == pass_flops(config, n) + 2 * n * config.hidden_size * 2
    assert run.memory == 2 * n * config.hidden_size * config.num_hidden_layers * precision.itemsize  # keys and values
    assert run.seconds > 0
    estimate = run_query(model, long, QUESTION).savings.flops.dense
    assert estimate == pytest.approx(run.flops, rel=0.02)


def test_dense_attention_that_would_take_long_is_refused_with_an_estimate(model, long):
    huge = EncodedContext(long.documents * 150)
    with pytest.raises(DsacliError, match=r"dense attention over [\d,]+ tokens would take about [\d,]+ minutes"):
        run_dense(model, huge, [read_question(model, long, QUESTION)])


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
    read = sum(last - first + len(model.encode(QUESTION)) + 4 for first, last in result.runs)
    entries = 2 * read * config.hidden_size * config.num_hidden_layers * precision.itemsize
    assert savings.memory.dsa == keys + entries
    assert savings.memory.dense > savings.memory.dsa
    assert savings.context_tokens == len(long) == sum(map(len, long.documents))


def test_a_question_of_512_tokens_is_taken_and_one_of_513_is_not(model, short):
    taken = read_question(model, short, "why " * LONGEST_QUESTION)
    assert (len(taken.tokens), len(taken.read)) == (LONGEST_QUESTION, QUESTION_TOKENS) == (512, 96)
    with pytest.raises(DsacliError, match="the question is 513 tokens long; the reader takes 512"):
        read_question(model, short, "why " * 513)


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_a_question_without_words_is_refused(model, short, question):
    with pytest.raises(DsacliError, match="the question is empty"):
        read_question(model, short, question)


def test_a_question_that_fits_is_read_whole(model, short):
    for text in (QUESTION, "why " * QUESTION_TOKENS, "???"):
        asked = read_question(model, short, text)
        assert np.array_equal(asked.read, asked.tokens) and np.array_equal(
            asked.words, asked_of(asked.tokens, model.pieces)
        )


def read_words(model, context, text: str) -> list[str]:
    """What of a long question is read, as words."""
    asked = read_question(model, context, text)
    assert len(asked.tokens) > QUESTION_TOKENS >= len(asked.read)
    place, tokens = 0, asked.tokens.tolist()
    for token in asked.read.tolist():
        place = tokens.index(token, place) + 1  # in their order, none twice
    return model.tokenizer.decode(asked.read).split()


# Words that every passage holds.
FILLER = "The keeper lit the lamp on the rock at dusk and wrote lines in the log. "


def test_of_a_long_question_the_sentence_that_asks_is_read_and_the_rarest_words(model, long):
    story = FILLER * 5 + "Keeper Halvorsen had a parrot. " + FILLER * 5
    asks = "How many lines did the keeper write in the log on that evening?"
    for text in (f"{asks} {story}", f"{story} {asks}", f"{story} {asks} {FILLER}"):
        words = read_words(model, long, text)
        assert asks.lower() in " ".join(words)
        assert "halvorsen had a parrot" in " ".join(words)


def test_without_a_question_mark_the_last_sentence_asks(model, long):
    words = read_words(model, long, FILLER * 9 + "Say who wrote nine hundred lines in the log.")
    assert " ".join(words).endswith("say who wrote nine hundred lines in the log.")


def test_of_a_sentence_that_is_too_long_itself_the_rarest_words_are_read(model, long):
    words = read_words(model, long, "the lamp and the log " * 40 + "and a parrot and " + "the rock at dusk " * 10 + "?")
    assert "parrot" in words and len(words) > QUESTION_TOKENS / 2


def test_odd_long_questions_are_taken(model, short):
    texts = ["?!" * 100, "x" * 700, "12 " * 200, "\u4e2d" * 200, "a? " * 90, "\n\n?" * 120]
    for result in ask(model, short, texts, Options(min_confidence=0.0, want="span")):
        assert result.error is None and result.savings.selected_tokens == len(short)


def test_a_long_question_scans_with_all_its_tokens(model, long):
    asked = read_question(model, long, FILLER * 29)
    queries, weights = asked.queries(model.reader)
    assert PIECE < len(asked.tokens) == len(queries) == len(weights)
    half = (len(asked.tokens) + 1) // 2
    alone, _ = index_queries(model.reader, [asked.tokens[:half]])
    torch.testing.assert_close(queries[:half].float(), alone.float(), rtol=0.05, atol=0.05)


def test_a_question_that_can_not_be_asked_has_its_error_in_its_place(model, short):
    questions = ["why " * 600, QUESTION, " ", "Where is it?"]
    results = list(ask(model, short, questions, Options(min_confidence=0.0)))
    assert [result.question for result in results] == questions
    assert results[0].error == "the question is 600 tokens long; the reader takes 512"
    assert results[2].error == "the question is empty"
    for result in (results[0], results[2]):
        assert not result.found and result.answers == () and result.savings is None
    alone = list(ask(model, short, [questions[1], questions[3]], Options(min_confidence=0.0)))
    for one, other in zip(alone, (results[1], results[3])):
        assert other.error is None and one.answers == other.answers and one.savings.flops == other.savings.flops
    (failed,) = ask(model, short, [" "])
    assert failed.error == "the question is empty"


def test_what_was_scanned_and_not_read_costs_its_share_of_the_scan(model, long):
    asked = [read_question(model, long, question) for question in (QUESTION, "Where is it?")]
    queries, together = Queries(model, long, asked, 512), Queries(model, long, asked, 512)
    unread, read = queries.unread(1), together.read(1).savings
    assert (unread.selected_tokens, unread.flops.dense) == (0, read.flops.dense)
    assert 0 < unread.flops.dsa < read.flops.dsa and unread.memory.dsa < read.memory.dsa
    index = model.reader.config.index_n_heads * (model.reader.config.index_head_dim + 1)
    assert unread.flops.dsa > 2 * len(asked[1].tokens) * len(long) * index


def test_tokens_of_a_context_belong_to_their_documents(model, long):
    edge = int(long.edges[1])
    assert long.place(edge - 1) == (long.documents[0], edge - 1)
    assert long.place(edge) == (long.documents[1], 0)
    assert long.evidence(edge, edge).document == "1.txt"
    assert np.array_equal(long.run(model, edge, edge + 5).tokens, long.documents[1].token_ids[:5])
    assert torch.equal(long.index_keys[edge:], long.documents[1].index_keys)


def test_questions_asked_together_cost_and_answer_as_they_do_apart(model, long, run_query):
    questions = [QUESTION, "Where is it?", "How many people came to the mill in that year?"]
    asked = [read_question(model, long, question) for question in questions]
    queries = Queries(model, long, asked, 512)
    for number, question in enumerate(questions):
        together, alone = queries.read(number), run_query(model, long, question, 512)
        assert together.runs == alone.runs and together.spans.best(3) == alone.spans.best(3)
        # The scan is shared by tokens; the lexical term, some ten FLOPs in 10**10, costs by words.
        assert together.savings.flops.dsa == pytest.approx(alone.savings.flops.dsa, abs=2 * 20 * len(long.passages()))
        assert together.savings.memory == alone.savings.memory


def test_every_document_that_is_read_is_read_from_its_beginning(model, long, run_query):
    result = run_query(model, long, QUESTION, 2048)
    read = {token for first, last in result.runs for token in range(first, last)}
    for low, high in zip(long.edges.tolist(), long.edges[1:].tolist()):
        assert low in read or not read & {*range(low, high)}
    assert 0 in read
