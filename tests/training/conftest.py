"""A corpus small enough to train on for a few steps, in the shape of the training data."""

import gzip
import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from dsacli.reader.loading import load_tokenizer
from dsacli.training.data import Corpus, load_corpus

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
    return folder


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    """The built-in reader's."""
    return load_tokenizer()


@pytest.fixture(scope="session")
def corpus(data: Path, tokenizer: Tokenizer) -> Corpus:
    """The training split."""
    return load_corpus(data, "train", tokenizer)
