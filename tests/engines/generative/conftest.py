"""A tiny model of the DeepSeek-V3.2 family with a real tokenizer and template, and a document to ask it about."""

import json

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from tests.models.tiny import saved

TEXT = "\n".join(
    f"Paragraph {n} says that the ferry number {n * 7} leaves the harbour at {n % 24} o'clock. It costs £{n + 3}."
    for n in range(1, 41)
)
TEMPLATE = "{% for m in messages %}<|user|>{{ m.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|model|>{% endif %}"


def small_tokenizer() -> Tokenizer:
    """A byte-level BPE tokenizer with three special tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    specials = ["<|end|>", "<|user|>", "<|model|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=specials, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([TEXT, "null"] * 3, trainer)
    return tokenizer


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model directory with tokenizer and chat template."""
    folder = tmp_path_factory.mktemp("model")
    tokenizer = small_tokenizer()
    saved("deepseek_v32", folder, vocab_size=tokenizer.get_vocab_size(), eos_token_id=0)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": TEMPLATE, "eos_token": "<|end|>"}))
    return folder
