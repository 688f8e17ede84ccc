"""A corpus small enough to train on for a few steps, in the shape of the training data."""

import gzip
import itertools
import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from dsacli.reader.loading import load_tokenizer
from dsacli.reader.network import Reader, ReaderConfig
from dsacli.training.contracts import load_wordings
from dsacli.training.data import Corpus, load_corpus
from dsacli.training.draw import Drawing
from dsacli.training.draw import drawn as drawn_groups
from dsacli.training.group import save_groups
from dsacli.training.save import save_reader

PASSAGES = {
    "lights": [
        "The lighthouse on Skerry Point was lit in 1851. Its first keeper was Magnus Flett, a cooper from Stromness.",
        "In 1903 the lamp was changed to paraffin. The work took nine weeks and cost 310 pounds.",
    ],
    "mills": [
        "Hannah Croft built the first mill on the Esk in 1792. It ground oats for the town of Musselburgh.",
        "The mill burned down in 1840. Robert Dunn bought the ruin for 95 pounds and made it a brewery.",
    ],
    "bridges": ["The bridge at Yarrow was designed by Isobel Kerr. It has five arches and opened on 3 May 1877."],
}
TALK = ["Chair: Good morning to all.", "Ann: The boat is late again.", "Chair: Then we begin without the captain."]
ASKED = [
    ("lights", 0, "Who was the first keeper on Skerry Point?", "Magnus Flett"),
    ("lights", 0, "When was the lighthouse on Skerry Point lit?", "1851"),
    ("lights", 1, "How long did the work of 1903 take?", "nine weeks"),
    ("mills", 0, "Who built the first mill on the Esk?", "Hannah Croft"),
    ("mills", 1, "What did Robert Dunn pay for the ruin?", "95 pounds"),
    ("bridges", 0, "Who designed the bridge at Yarrow?", "Isobel Kerr"),
]

CONTRACT = (
    "SUPPLY AGREEMENT\n\nThis Supply Agreement is made on 14 February 2025 between Talland Mills Ltd. and Corwen & Sons Ltd.\n\n"
    "1. Term. The term is three years from 1 March 2025. It is renewed for two (2) years unless notice is given 90 days before.\n\n"
    "2. Law. This Agreement is governed by the laws of the State of New York, United States. "
    + "The parties met at the mill and looked at every stone and wheel of it before they signed. " * 25
    + "\n\n3. Assignment. Neither party may assign this Agreement without consent. Nor may it be pledged.\n"
)
# Kind: the wordings of its clauses, and the annotators' value.
CLAUSES = {
    "Document Name": (["SUPPLY AGREEMENT"], "SUPPLY AGREEMENT"),
    "Parties": (
        ["Talland Mills Ltd.", "Corwen & Sons Ltd."],
        'Talland Mills Ltd. ("Supplier"); Corwen & Sons Ltd. ("Corwen" or the "Buyer")',
    ),
    "Agreement Date": (["14 February 2025"], "2025-02-14"),
    "Expiration Date": (["The term is three years from 1 March 2025."], "2028-03-01"),
    "Renewal Term": (["It is renewed for two (2) years unless notice is given 90 days before."], "2 years"),
    "Notice Period To Terminate Renewal": (["It is renewed for two (2) years unless notice is given 90 days before."], "90 days"),
    "Governing Law": (["This Agreement is governed by the laws of the State of New York, United States."], "New York, United States"),
    "Anti-Assignment": (["Neither party may assign this Agreement without consent.", "Nor may it be pledged."], "Yes"),
}  # fmt: skip


def contract(split: str) -> dict:
    """The contract as a row of the data: every kind, those that it lacks without spans."""
    clauses = {kind: {"spans": [], "answer": "No"} for kind in load_wordings("training")}
    for kind, (wordings, answer) in CLAUSES.items():
        starts = [CONTRACT.index(wording) for wording in wordings]
        spans = [[start, start + len(wording)] for start, wording in zip(starts, wordings)]
        clauses[kind] = {"spans": spans, "answer": answer}
    return {"id": f"{split}-supply", "split": split, "title": "Supply Agreement", "text": CONTRACT, "clauses": clauses}


def write(path: Path, rows: list[dict]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder; every document is there twice, for training and for dev."""
    folder = tmp_path_factory.mktemp("data")
    splits = ("train", "dev")
    write(
        folder / "documents.jsonl.gz",
        [
            {"id": f"{split}-{name}", "source": "new_wiki", "split": split, "title": name, "passages": passages}
            for split in splits
            for name, passages in PASSAGES.items()
        ]
        + [
            {"id": f"talk-{split}", "source": "meetings", "split": split, "title": "a talk", "passages": TALK}
            for split in splits
        ],
    )
    write(
        folder / "questions.jsonl.gz",
        [
            {
                "id": f"{split}-{number}",
                "document": f"{split}-{name}",
                "passage": passage,
                "question": question,
                "answers": [{"text": answer, "start": PASSAGES[name][passage].index(answer)}],
            }
            for split in splits
            for number, (name, passage, question, answer) in enumerate(ASKED)
        ],
    )
    write(folder / "contracts.jsonl.gz", [contract(split) for split in splits])
    return folder


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Path:
    """The directory of a small reader of random weights, with the built-in reader's tokenizer."""
    folder = tmp_path_factory.mktemp("start")
    config = ReaderConfig(
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=3,
        num_attention_heads=4,
        index_hidden_size=32,
        index_intermediate_size=64,
        index_num_attention_heads=4,
        index_n_heads=4,
        index_head_dim=16,
        index_radius=4,
    )
    torch.manual_seed(0)
    reader = Reader(config)
    for value in reader.parameters():
        if value.dim() > 1:
            torch.nn.init.normal_(value, std=1.0 if len(value) == config.vocab_size else value.shape[-1] ** -0.5)
    save_reader(reader, tokenizer, folder)
    return folder


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    """The built-in reader's."""
    return load_tokenizer()


@pytest.fixture(scope="session")
def corpus(data: Path, tokenizer: Tokenizer) -> Corpus:
    """The training split."""
    return load_corpus(data, "train", tokenizer)


@pytest.fixture(scope="session")
def drawn(data: Path, start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of groups: the questions, contracts and made documents of four epochs."""
    file = tmp_path_factory.mktemp("drawn") / "groups.safetensors"
    epochs = (drawn_groups(Drawing(data, start, (0.3, 0.4, 0.3), 1.0, 0.2, 0.2, seed)) for seed in range(4))
    save_groups(file, itertools.chain.from_iterable(epochs))
    return file
