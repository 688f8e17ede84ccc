"""The warm-up of an indexer: it starts from what needs no training, and learns what that can't know."""

import pytest
import torch

from dsacli.adapting.figures import mass_kept, scored, scored_by_keys, selected
from dsacli.adapting.observe import Observed, observe
from dsacli.adapting.warm_up import low_rank, warm_up
from dsacli.dsa.cache import LayerCache
from dsacli.dsa.grouped import BLOCK_QUERIES, FIRST, LAST, GroupedSparseAttention
from dsacli.dsa.made_keys import RANK
from dsacli.models import llama
from dsacli.models.llama_config import LlamaConfig
from dsacli.models.rope import Rope

GROUPS, HEADS, DIM, TOKENS, BLOCKS, TOPK = 2, 4, 32, 700, 24, 120


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def layer(seed: int) -> Observed:
    """Keys that differ most in what is not attended by, which is all that components see of them."""
    loud, quiet = random(40, GROUPS * DIM, seed=5), random(4, GROUPS * DIM, seed=6)
    meant = random(TOKENS, 4, seed=seed)
    keys = 2 * random(TOKENS, 40, seed=seed + 100) @ loud + meant @ quiet + 3
    wanted = random(BLOCKS, 4, seed=seed + 200)
    queries = wanted @ random(4, HEADS * DIM, seed=7) + 0.1 * random(BLOCKS, HEADS * DIM, seed=seed + 300) + 1
    places = torch.linspace(300, TOKENS - 2 * BLOCK_QUERIES, BLOCKS).long()
    tokens = torch.arange(TOKENS)
    selectable = (tokens >= FIRST) & (tokens < places[:, None] - LAST)
    scores = (3 * wanted @ meant.T).masked_fill(tokens >= places[:, None], -torch.inf)
    return Observed(keys, queries, scores.softmax(1), selectable)


def kept(scores: torch.Tensor, of: Observed) -> float:
    return mass_kept(of, selected(scores, of, TOPK))


def test_an_untrained_indexer_ranks_as_low_rank_keys_do():
    """Bar the rounding: what is summed is the same, in another order."""
    of = layer(1)
    indexer = low_rank(of.keys, HEADS * DIM, GROUPS)
    attend = GroupedSparseAttention(GROUPS, DIM**-0.5)
    cache = LayerCache(torch.empty(TOKENS, 2 * GROUPS * DIM), torch.empty(TOKENS, 0), TOPK)
    cache.append(torch.cat([of.keys, of.keys], 1))
    for query in of.queries[:5]:
        expected = attend.index_scores(query.view(1, 1, HEADS, DIM), cache, TOKENS)
        found = indexer(query[None], indexer.keys(of.keys))[:, FIRST:]
        assert set(expected.topk(50).indices[0].tolist()) == set(found.topk(50).indices[0].tolist())
    assert indexer.wk.out_features == RANK


def test_it_learns_what_is_attended_by_and_keeps_more_of_texts_it_never_saw():
    texts, held = [layer(seed) for seed in range(1, 5)], layer(9)
    trained = warm_up(texts, GROUPS, seed=0)
    before = kept(scored(low_rank(held.keys, HEADS * DIM, GROUPS), held), held)
    assert kept(scored(trained, held), held) > before + 0.15
    assert kept(scored_by_keys(held, DIM), held) < kept(scored(trained, held), held)


@pytest.fixture(scope="module")
def network() -> llama.Llama:
    torch.manual_seed(3)
    config = LlamaConfig("llama", 97, HEADS * DIM, 64, 3, HEADS, GROUPS, DIM, 4096, Rope(), index_topk=TOPK)
    made = llama.Llama(config).eval().requires_grad_(False)
    for layer in made.model.layers:
        torch.nn.init.normal_(layer.self_attn.q_proj.weight, std=0.3)
        torch.nn.init.normal_(layer.self_attn.k_proj.weight, std=0.3)
    return made


def test_what_is_observed_is_dense_attention(network):
    ids = torch.randint(2, 97, (TOKENS,), generator=torch.Generator().manual_seed(1))
    found = observe(network, ids, 4, seed=1)
    assert len(found) == 3
    for number, each in enumerate(found):
        assert each.keys.shape == (TOKENS, GROUPS * DIM) and each.queries.shape == (4, HEADS * DIM)
        assert torch.allclose(each.attention.sum(1), torch.ones(4), atol=1e-4)
        for row in range(4):
            last = int(each.selectable[row].nonzero().max()) + 1 + LAST
            assert each.attention[row, last + BLOCK_QUERIES :].sum() == 0 < each.attention[row, last]
            if number == 0:
                # Of the first layer, whose states are those of dense attention, by hand.
                assert torch.allclose(each.attention[row], by_hand(network, ids, last), atol=1e-5)


def by_hand(network: llama.Llama, ids: torch.Tensor, place: int) -> torch.Tensor:
    """The first layer's attention from the block at `place`, one head after the other."""
    first, positions = network.model.layers[0], torch.arange(len(ids))
    hidden, turn = first.input_layernorm(network.model.embed_tokens(ids)), network.rotation(positions, torch.float32)
    queries = turn.apply(first.self_attn.q_proj(hidden).unflatten(1, (HEADS, DIM)), False)
    keys = turn.apply(first.self_attn.k_proj(hidden).unflatten(1, (GROUPS, DIM)), False)
    total = torch.zeros(len(ids))
    for head in range(HEADS):
        scores = queries[place : place + BLOCK_QUERIES, head] @ keys[:, head * GROUPS // HEADS].T * DIM**-0.5
        later = positions > torch.arange(place, place + BLOCK_QUERIES)[:, None]
        total += scores.masked_fill(later, -torch.inf).softmax(1).sum(0)
    return total / (HEADS * BLOCK_QUERIES)
