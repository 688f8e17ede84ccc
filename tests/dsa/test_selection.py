import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from dsacli.dsa.indexer import IndexScores
from dsacli.dsa.selection import Prior, Selection, largest, merge_runs, neighbourhood_max, select_topk, token_scores
from dsacli.engines.disk_cache import DiskCache

TOKENS, QUERIES, HEADS, DIM = 150, 3, 4, 8


@pytest.fixture
def whole_numbers() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Queries, weights and keys of whole numbers: every score is exact in float32, in any order of adding."""
    return numbers(TOKENS, largest=50)


def numbers(tokens: int, largest: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(tokens)
    shapes = (QUERIES, HEADS, DIM), (QUERIES, HEADS), (tokens, DIM)
    return tuple(torch.randint(-largest, largest + 1, shape, generator=generator).float() for shape in shapes)


def naive_max(scores: torch.Tensor, radius: int) -> torch.Tensor:
    """max over |s' - s| <= radius, one column at a time: [queries, tokens] to the same."""
    columns = [scores[:, max(0, s - radius) : s + radius + 1].amax(1, keepdim=True) for s in range(scores.shape[1])]
    return torch.cat(columns, 1)


def assert_is_topk(selection: Selection, expected: torch.Tensor, k: int) -> None:
    """Tokens ascending and unique, their scores the k highest of `expected` (which of equal ones is open)."""
    tokens = selection.tokens
    assert tokens.dtype == torch.int64
    assert len(tokens) == min(k, len(expected))
    assert (tokens[1:] > tokens[:-1]).all()
    assert selection.scores.isfinite().all()
    assert torch.equal(selection.scores, expected[tokens])
    assert torch.equal(selection.scores.sort().values, expected.topk(len(tokens)).values.sort().values)


@pytest.mark.parametrize("radius", [0, 1, 2, 5, 64, 200])
def test_neighbourhood_max_against_a_naive_one(radius):
    torch.manual_seed(0)
    scores = torch.randn(QUERIES, TOKENS)
    padded = torch.nn.functional.pad(scores, (radius, radius), value=-torch.inf)
    assert torch.equal(neighbourhood_max(padded, radius), naive_max(scores, radius))


@pytest.mark.parametrize("chunk", [1, 7, 64, TOKENS, 1000])
@pytest.mark.parametrize("radius", [0, 1, 5, 64, 200])
def test_selection_equals_brute_force(whole_numbers, chunk, radius):
    queries, weights, keys = whole_numbers
    expected = naive_max(IndexScores()(queries, weights, keys), radius).sum(0)
    for k in (1, 10, TOKENS, TOKENS + 50):
        (selection,) = select_topk(IndexScores(), [(queries, weights)], keys, k, radius, chunk)
        assert_is_topk(selection, expected, k)


def test_each_question_token_finds_its_own_neighbour():
    """S adds up maxima of different tokens: 1 lies next to a match of either question token, 3 next to one."""
    queries, weights = torch.eye(2)[:, None, :], torch.ones(2, 1)
    keys = torch.tensor([[5.0, 0.0], [0.0, 0.0], [0.0, 5.0], [0.0, 0.0], [6.0, 0.0]])
    ((_, (scores,)),) = token_scores(IndexScores(), [(queries, weights)], keys, radius=1)
    assert scores.tolist() == [5.0, 10.0, 5.0, 11.0, 6.0]


@pytest.mark.parametrize("tokens", [1, 2, 129])
def test_documents_shorter_than_a_neighbourhood(tokens):
    queries, weights, keys = numbers(tokens, largest=50)
    expected = IndexScores()(queries, weights, keys).amax(1).sum().expand(tokens)
    (selection,) = select_topk(IndexScores(), [(queries, weights)], keys, 5, radius=tokens, chunk=1)
    assert_is_topk(selection, expected, 5)


def test_a_document_without_tokens_selects_nothing(whole_numbers):
    queries, weights, keys = whole_numbers
    (selection,) = select_topk(IndexScores(), [(queries, weights)], keys[:0], 5, radius=3)
    assert len(selection.tokens) == len(selection.scores) == 0
    assert merge_runs(selection.tokens.numpy()) == []


def test_scores_below_zero_are_selected_too():
    queries, weights, keys = torch.ones(1, 1, 1), -torch.ones(1, 1), torch.tensor([[3.0], [1.0], [2.0]])
    (selection,) = select_topk(IndexScores(), [(queries, weights)], keys, 2, radius=0, chunk=2)
    assert (selection.tokens.tolist(), selection.scores.tolist()) == ([1, 2], [-1.0, -2.0])


def test_memory_mapped_bfloat16_keys(tmp_path):
    queries, weights, keys = (t.to(torch.bfloat16) for t in numbers(TOKENS, largest=4))
    cache = DiskCache(tmp_path)
    cache.save("keys", {"keys": keys}, name="", tokens=TOKENS)
    mapped = cache.load("keys")["keys"]
    expected = naive_max(IndexScores()(queries, weights, keys), 5).sum(0)
    for chunk in (7, 1000):
        assert_is_topk(*select_topk(IndexScores(), [(queries, weights)], mapped, 20, 5, chunk), expected, 20)


class KeyCount(IndexScores):
    """Index scores that remember how many keys each call was given."""

    def __init__(self):
        super().__init__()
        self.given: list[int] = []

    def forward(self, queries, weights, keys):
        self.given.append(keys.shape[-2])
        return super().forward(queries, weights, keys)


class LargestTensor(TorchDispatchMode):
    """The number of elements of the largest tensor that any operation inside returned."""

    elements = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        sizes = [leaf.numel() for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
        self.elements = max([self.elements, *sizes])
        return result


@pytest.mark.parametrize("chunk, radius", [(500, 0), (500, 64), (64, 64)])
def test_the_scan_holds_one_chunk_and_the_best_k(chunk, radius):
    tokens, k = 20_000, 100
    queries, weights, keys = numbers(tokens, largest=50)
    scores = KeyCount()
    with LargestTensor() as largest:
        select_topk(scores, [(queries, weights)], keys, k, radius, chunk)
    assert len(scores.given) == -(-tokens // chunk)
    assert max(scores.given) == chunk + 2 * radius
    assert sum(scores.given) <= tokens + len(scores.given) * 2 * radius
    assert largest.elements <= max((chunk + 2 * radius) * QUERIES * HEADS, chunk + k)


@pytest.mark.parametrize(
    "tokens, runs",
    [
        ([], []),
        ([4], [(4, 5)]),
        ([0, 1, 2], [(0, 3)]),
        ([0, 1, 3, 7, 8, 9], [(0, 2), (3, 4), (7, 10)]),
        ([2, 4, 6], [(2, 3), (4, 5), (6, 7)]),
    ],
    ids=str,
)
def test_neighbouring_tokens_merge_into_runs(tokens, runs):
    selection = Selection(torch.tensor(tokens, dtype=torch.int64), torch.zeros(len(tokens)))
    assert merge_runs(selection.tokens.numpy()) == runs


def test_runs_hold_exactly_the_selected_tokens(whole_numbers):
    (selection,) = select_topk(IndexScores(), [whole_numbers[:2]], whole_numbers[2], 60, radius=2)
    runs = merge_runs(selection.tokens.numpy())
    assert 1 < len(runs) < 60
    assert [token for first, last in runs for token in range(first, last)] == selection.tokens.tolist()
    assert all(last < following for (_, last), (following, _) in zip(runs, runs[1:]))


def test_several_questions_are_scanned_in_one_pass(whole_numbers):
    queries, weights, keys = whole_numbers
    asked = [(queries, weights), (queries[:1] + 1, weights[:1]), (queries.flip(0), weights)]
    scores = KeyCount()
    together = select_topk(scores, asked, keys, 20, radius=5, chunk=64)
    assert len(scores.given) == len(asked) * -(-len(keys) // 64)
    for each, selection in zip(asked, together):
        (alone,) = select_topk(IndexScores(), [each], keys, 20, radius=5, chunk=64)
        assert torch.equal(alone.tokens, selection.tokens) and torch.equal(alone.scores, selection.scores)


EDGES = torch.tensor([0, 1, 40, 40, 97, TOKENS])


@pytest.mark.parametrize("chunk", [1, 7, 40, TOKENS, 1000])
@pytest.mark.parametrize("radius", [0, 5])
def test_a_prior_is_added_to_every_token_of_its_passage(whole_numbers, chunk, radius):
    queries, weights, keys = whole_numbers
    asked = [(queries, weights), (queries.flip(0), weights.flip(0)), (queries[:1], weights[:1])]
    priors = [Prior(torch.tensor(each), EDGES) for each in ([0.0, 9e4, 5e4, -9e4, 1.0], [7.0] * 5, [0.0] * 5)]
    found = select_topk(IndexScores(), asked, keys, 30, radius, chunk, priors)
    for (each, weight), prior, selection in zip(asked, priors, found):
        passage = [int((token >= EDGES).sum()) - 1 for token in range(TOKENS)]
        expected = naive_max(IndexScores()(each, weight, keys), radius).sum(0) + prior.scores[passage]
        assert_is_topk(selection, expected, 30)


def test_a_prior_moves_what_is_selected_and_an_even_one_does_not(whole_numbers):
    queries, weights, keys = whole_numbers

    def tokens(*scores: float) -> set[int]:
        priors = [Prior(torch.tensor(scores), EDGES)] if scores else []
        (selection,) = select_topk(IndexScores(), [(queries, weights)], keys, 30, radius=2, chunk=64, priors=priors)
        return {*selection.tokens.tolist()}

    moved = tokens(0, 0, 0, 1e6, 0)
    assert moved <= {*range(40, 97)} and moved != tokens()
    assert tokens(3, 3, 3, 3, 3) == tokens()


@pytest.mark.parametrize("different", [3, 40, 10**6])
def test_the_largest_of_every_row_are_found_however_many_are_equal(different):
    scores = torch.randint(different, (6, 500), generator=torch.Generator().manual_seed(1)).float()
    scores[2] = torch.arange(500)
    for count in (1, 70, 499, 500):
        found = largest(scores, count)
        assert all(len(set(row)) == count for row in found.tolist())
        assert torch.equal(scores.gather(1, found).sort().values, scores.topk(count).values.sort().values)


def test_a_score_that_is_no_number_takes_nothing_else_away():
    scores = torch.arange(12.0).view(2, 6)
    scores[1, 3] = torch.nan
    assert [sorted(row) for row in largest(scores, 2).tolist()] == [[4, 5], [3, 5]]
