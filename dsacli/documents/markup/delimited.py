"""Tables in text files: CSV and its kin, each record a row that names its columns."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator

from dsacli.documents.clean import normalise
from dsacli.documents.document import Document
from dsacli.documents.markup.draft import Draft
from dsacli.documents.markup.rows import find_labels
from dsacli.documents.text.decode import decode

_DELIMITERS = ",\t;|"
_RECORDS, _SAMPLE, _STRAYS = 50, 1 << 16, 20

Record = tuple[int, list[str]]
"""The first line that a record stands on, from 0, and its cells."""


def parse_delimited(name: str, data: bytes) -> Document | None:
    """The document in the bytes of a CSV file, its rows at their lines in it; None where no delimiter makes columns of the text.

    Raises DsacliError, naming `name`, when the bytes are no text.
    """
    text = normalise(decode(name, data).replace("\r\n", "\n").replace("\r", "\n"))
    text = re.sub(r"\Asep=.\n", "\n", text)  # Excel's own way to name the delimiter
    delimiter = find_delimiter(text[:_SAMPLE])
    if delimiter is None:
        return None
    records = (record for record in _records(text, delimiter) if any(record[1]))
    first = list(itertools.islice(records, _RECORDS))
    labels = find_labels([cells for _, cells in first], pairs=False)
    draft, starts = Draft(name), list[int]()
    for line, cells in itertools.chain(first[labels is not None :], records):
        start = draft.row(cells, labels)
        # The lines since the last record's first, its others and blank ones, count as ended where this one begins.
        starts.extend([start] * (line + 1 - len(starts)))
    return draft.document("csv", line_starts=starts)


def find_delimiter(sample: str) -> str | None:
    """What parts the most columns, the same number of them in nearly every line; None where nothing does."""
    best, found = 1.0, None
    for delimiter in _DELIMITERS:
        counts = Counter(
            len(cells) for _, cells in itertools.islice(_records(sample, delimiter), _RECORDS) if any(cells)
        )
        if not counts:
            continue
        columns, times = counts.most_common(1)[0]
        share = times / counts.total()
        if columns > 1 and share > 0.7 and columns * share > best:
            best, found = columns * share, delimiter
    return found


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """The records of a text. A line with a quote that is never closed, or closed before its field ends, is a record by itself."""
    lines = io.StringIO(text)
    line = strays = 0
    while True:
        begun = lines.tell()
        if strays < _STRAYS:
            reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True)
        else:
            reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        before = line
        try:
            for cells in reader:
                yield line, [cell.strip() for cell in cells]
                line = before + reader.line_num
            return
        except csv.Error:
            strays += 1
        # The reader has run past the line at fault: back to it.
        lines.seek(begun)
        stray = next(itertools.islice(lines, line - before, None), "")
        yield line, [cell.strip().strip('"') for cell in stray.split(delimiter)]
        line += 1
