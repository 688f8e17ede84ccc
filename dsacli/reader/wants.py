"""What a question may want for an answer."""

from typing import Literal, get_args

# span: a few words; list: several of them; clause: what decides, whole; explanation: the paragraph or two that explain;
# document: what the document itself is: its subject, title, authors, date, length.
Want = Literal["span", "list", "clause", "explanation", "document"]
WANTS: tuple[Want, ...] = get_args(Want)
