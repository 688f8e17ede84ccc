"""The chapters of a context: the sections that a reader would call so, and which sentences stand in them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsacli.documents import Section
from dsacli.engines.extractive.sentences import Sentences


def ruling_sections(sections: Sequence[Section]) -> list[Section]:
    """The sections down to the first level that has more than one."""
    counts = Counter(section.level for section in sections)
    level = min((level for level, count in counts.items() if count > 1), default=1)
    return [section for section in sections if section.level <= level]


def chapters_of(sentences: Sentences) -> tuple[list[str | None], NDArray[Any]]:
    """The titles of the chapters, None for what stands before a document's first, and the number of the one that each
    sentence stands in, ascending: int64 [sentences]."""
    titles: list[str | None] = []
    numbers = np.zeros(len(sentences), np.int64)
    for place, (document, shift) in enumerate(zip(sentences.context.documents, sentences.context.edges.tolist())):
        here = sentences.documents == place
        ruling = ruling_sections(document.document.sections)
        begins = document.starts[sentences.bounds[here, 0] - shift]
        numbers[here] = len(titles) + np.searchsorted([section.start for section in ruling], begins, side="right")
        titles += [None, *(section.title for section in ruling)]
    return titles, numbers
