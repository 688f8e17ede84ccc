"""Weights in eight and four bits: how near they come back, and what is no such file."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from dsacli.errors import DsacliError
from dsacli.models.io.safetensors import Shards
from dsacli.reader.loading import load_reader
from dsacli.reader.packing import GROUP, SCALE, load_packed, packed, unpacked
from dsacli.training.save import save_reader

WORDS = "index.embeddings.word.weight"


def back(name: str, value: torch.Tensor) -> torch.Tensor:
    stored = packed(name, value)
    return unpacked(stored[name], stored[name + SCALE], torch.float32)


def matrix(rows: int, columns: int) -> torch.Tensor:
    """Rows of very different size, as of rare and of frequent words."""
    torch.manual_seed(0)
    return torch.randn(rows, columns) * torch.logspace(-3, 1, rows)[:, None]


def test_eight_bits_are_half_a_step_of_their_row_away_at_most():
    value = matrix(40, 33)
    step = value.abs().amax(1, keepdim=True) / 127
    # A scale is rounded to float16 itself, by 2**-11 of it, for the 127 steps of the largest number.
    assert ((back("a.weight", value) - value).abs() <= step * (0.5 + 127 * 2**-11)).all()
    assert packed("a.weight", value)["a.weight"].dtype == torch.int8


def test_four_bits_are_half_a_step_of_their_group_away_at_most():
    value = matrix(30, 3 * GROUP)
    value[:, GROUP : 2 * GROUP] *= 50
    stored = packed(WORDS, value)
    assert stored[WORDS].dtype == torch.uint8 and stored[WORDS].shape == (30, 3 * GROUP // 2)
    assert stored[WORDS + SCALE].shape == (30, 3)
    step = value.unflatten(1, (3, GROUP)).abs().amax(-1, keepdim=True).expand(-1, -1, GROUP).flatten(1) / 7
    assert ((back(WORDS, value) - value).abs() <= step * (0.5 + 7 * 2**-11)).all()


def test_whole_numbers_of_a_scale_come_back_exactly():
    """Every number of either range, the ends too, in every place of a byte."""
    wide = torch.arange(-127, 128).float().repeat(2, 1) * torch.tensor([[1.0], [0.25]])
    assert torch.equal(back("a.weight", wide), wide)
    narrow = torch.arange(-7, 8).float().repeat(9)[: 2 * GROUP].expand(2, -1) * torch.tensor([[1.0], [0.25]])
    assert torch.equal(back(WORDS, narrow), narrow)


@pytest.mark.parametrize("name", [WORDS, "a.weight"])
def test_a_row_of_nothing_is_nothing(name):
    assert not back(name, torch.zeros(2, GROUP)).any()


def test_only_words_in_whole_groups_are_narrow_and_vectors_are_not_packed():
    assert packed(WORDS, torch.ones(2, GROUP + 2))[WORDS].dtype == torch.int8
    assert (
        packed("index.embeddings.position.weight", torch.ones(2, GROUP))["index.embeddings.position.weight"].dtype
        == torch.int8
    )
    (bias,) = packed("a.bias", torch.ones(5)).values()
    assert bias.dtype == torch.bfloat16 and bias.tolist() == [1] * 5


@pytest.fixture
def path(tmp_path, reader):
    """The weights of a packed reader, too narrow for four bits."""
    save_reader(reader, Tokenizer(WordLevel({"[UNK]": 0}, "[UNK]")), tmp_path, pack=True)
    return tmp_path / "model.safetensors"


def test_a_packed_reader_comes_back_as_what_its_numbers_say(reader, path):
    loaded = load_reader(path.parent, dtype=torch.float32).state_dict()
    assert loaded.keys() == reader.state_dict().keys()
    for name, value in reader.state_dict().items():
        like = back(name, value) if value.dim() == 2 else value.to(torch.bfloat16).float()
        assert torch.equal(loaded[name], like), name
    assert path.stat().st_size < 2.2 * sum(value.numel() for value in reader.state_dict().values())


def test_words_are_read_in_four_bits_from_a_file(tmp_path):
    torch.manual_seed(0)
    value = torch.randn(20, 2 * GROUP)
    save_file(packed(WORDS, value), tmp_path / "model.safetensors")
    found = load_packed(Shards(tmp_path), {WORDS: value}, torch.float32)
    assert torch.equal(found[WORDS], back(WORDS, value))


NAME = "reading.layers.0.up.weight"


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({NAME: None}, [NAME, "missing"]),
        ({NAME: None, NAME + SCALE: None}, [NAME, "missing"]),
        ({NAME + SCALE: None}, [NAME]),
        ({NAME: torch.zeros(64, 31, dtype=torch.int8)}, [NAME, "[64, 31]", "[64, 32]"]),
        ({NAME: torch.zeros(63, 32, dtype=torch.int8)}, [NAME]),
        ({NAME: torch.zeros(64, 32, dtype=torch.uint8)}, [NAME]),
        ({NAME + SCALE: torch.ones(63, 1, dtype=torch.float16)}, [NAME]),
        ({NAME + SCALE: torch.ones(64, dtype=torch.float16)}, [NAME]),
        ({NAME + SCALE: torch.ones(64, 5, dtype=torch.float16)}, [NAME]),
        ({"pooler.weight": torch.zeros(2, 2)}, ["pooler.weight", "unexpected"]),
        ({"pooler.weight" + SCALE: torch.zeros(2, 2)}, ["pooler.weight.scale", "unexpected"]),
    ],
    ids=lambda value: (
        ",".join(f"{n}={None if t is None else list(t.shape)}" for n, t in value.items())
        if isinstance(value, dict)
        else ""
    ),
)
def test_a_file_that_does_not_fit_is_refused_in_one_line_and_not_read_wrongly(path, changes, parts):
    tensors = {name: value.clone() for name, value in load_file(path).items()} | changes
    save_file({name: value for name, value in tensors.items() if value is not None}, path)
    with pytest.raises(DsacliError) as failure:
        load_reader(path.parent, dtype=torch.float32)
    message = str(failure.value)
    assert "\n" not in message and str(path) in message
    for part in parts:
        assert part in message


def test_scales_that_do_not_divide_a_row_are_refused(tmp_path):
    """Eight bits with as many scales as four bits would have: 81 columns are no two groups."""
    tensors = {
        "a.weight": torch.zeros(4, 81, dtype=torch.int8),
        "a.weight.scale": torch.ones(4, 2, dtype=torch.float16),
    }
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(DsacliError, match="a.weight"):
        load_packed(Shards(tmp_path), {"a.weight": torch.empty(4, 81)}, torch.float32)
