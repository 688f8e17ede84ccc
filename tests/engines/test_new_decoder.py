"""A new decoder is one file in `models` and one line in `engines/open.py`: the tasks, the costs and the command line follow."""

import json

import pytest
import torch
from safetensors.torch import save_file

from dsacli.engines import open as opening
from tests.engines.generative.conftest import TEXT, small_tokenizer

# Its entries are numbers of tokens, which bfloat16 has up to 256.
pytestmark = pytest.mark.precision("float32")


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """The line, and a model directory of the new type."""
    monkeypatch.setitem(opening.DECODERS, "toy", "tests.engines.toy_decoder")
    folder = tmp_path / "toy"
    folder.mkdir()
    tokenizer = small_tokenizer()
    (folder / "config.json").write_text(json.dumps({"model_type": "toy", "vocab_size": tokenizer.get_vocab_size()}))
    save_file({}, folder / "model.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_it_asks_summarizes_extracts_and_is_inspected(objects, toy, document):
    written = ("--model", toy, "--max-tokens", 24)
    (answer,) = objects(
        "ask", document, "Paragraph 40 says that the ferry", *written, "--min-probability", 0, code=None
    )
    # It can only go on as the document did.
    assert answer["found"] and answer["answer"].split()[0] in TEXT
    assert answer["evidence"] and answer["savings"]["selected_tokens"] == 1
    assert 0 < answer["probability"] <= 1
    (summary,) = objects("summarize", document, *written, code=None)
    assert summary["task"] == "summarize" and summary["savings"]["flops"]["dense"] > 0
    (facts,) = objects("extract", document, "--field", "price:money", *written, "--min-probability", 0, code=None)
    assert list(facts["values"]) == ["price"]
    (costs,) = objects("inspect", document, "--model", toy)
    assert costs["tokenwise"]["cache_bytes"]["dense"] == torch.float32.itemsize


def test_a_question_of_yes_or_no_gets_one_sentence_of_what_the_document_says(objects, toy, document):
    written = ("--model", toy, "--max-tokens", 24, "--min-probability", 0)
    (answer,) = objects("ask", document, "Does the captain sleep?", *written, code=None)
    # It goes on as the words did that it was given to begin with.
    assert answer["answer"].startswith("Document says that") and answer["borne_out"] is False
