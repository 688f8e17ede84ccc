"""Mails and mailboxes, by the standard library: heads, bodies, and what is attached as far as it can be read."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from dsacli.documents.document import Document
from dsacli.documents.markup.draft import Draft, flat
from dsacli.documents.markup.html import decode_html, write_html
from dsacli.documents.markup.read import ReadPart
from dsacli.errors import DsacliError

_HEADERS = ("From", "To", "Cc", "Date")
_ENVELOPE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\d\d:\d\d[^\n]*\n")
_QUOTED = re.compile(r"(?:[ \t]?>)+[ \t]?")
_SUFFIXES = {
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/calendar": ".txt",
    "application/pdf": ".pdf",
    "application/json": ".json",
}
_SIGNATURES = frozenset(["application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"])
# What is looked at: mails in mails, attachments, characters of a header.
_DEEPEST, _ATTACHED, _HEADER = 20, 500, 20_000


def parse_mail(name: str, data: bytes, read_part: ReadPart) -> Document:
    """The document in one mail; its places are "subject", "headers", "body", "quoted mail" and "attachment report.pdf".

    Raises DsacliError when there is nothing in it.
    """
    draft = Draft(name)
    _Mail(draft, read_part, "").write(message_from_bytes(data, policy=policy.compat32), 0)
    return draft.document("mail")


def parse_mbox(name: str, data: bytes, read_part: ReadPart) -> Document:
    """The document in a mailbox, one mail after the other; places say which by its date and subject.

    Raises DsacliError when there is no mail in it.
    """
    draft = Draft(name)
    starts = [match.span() for match in _ENVELOPE.finditer(data)] or [(0, 0)]
    for (_, start), (end, _) in zip(starts, [*starts[1:], (len(data), 0)]):
        mail = re.sub(rb"(?m)^>(>*From )", rb"\1", data[start:end])
        message = message_from_bytes(mail, policy=policy.compat32)
        _Mail(draft, read_part, f"mail of {_day(message)}, {header(message, 'Subject') or 'no subject'}: ").write(
            message, 0
        )
    return draft.document("mbox")


class _Mail:
    """A mail on its way into a draft; `prefix` says in each place which mail it is."""

    def __init__(self, draft: Draft, read_part: ReadPart, prefix: str) -> None:
        self.draft, self.read_part, self.prefix = draft, read_part, prefix
        self.attached = 0

    def write(self, message: Message, depth: int) -> None:
        """Its subject as a heading, the other headers, and its parts. Raises DsacliError where mails are nested too deeply."""
        if depth > _DEEPEST:
            raise DsacliError(f"{self.draft.name} is nested too deeply")
        self.draft.place(f"{self.prefix}subject")
        subject = header(message, "Subject")
        self.draft.heading(f"Subject: {subject}" if subject else "", 1)
        self.draft.place(f"{self.prefix}headers")
        for each in _HEADERS:
            value = header(message, each)
            self.draft.paragraph(f"{each}: {value}" if value else "")
        self.part(message, depth)

    def part(self, part: Message, depth: int) -> None:
        """A body, something attached, or what holds several of them."""
        if depth > _DEEPEST:
            raise DsacliError(f"{self.draft.name} is nested too deeply")
        kind = part.get_content_type()
        children = _children(part)
        if kind == "message/rfc822" and children:
            mail, subject = children[0], header(children[0], "Subject")
            _Mail(self.draft, self.read_part, f"{self.prefix}attached mail {subject}: ").write(mail, depth + 1)
        elif kind == "multipart/alternative":
            self._alternative(children, depth)
        elif children:
            for child in children:
                self.part(child, depth + 1)
        elif (
            kind in ("text/plain", "text/html")
            and not _file_name(part)
            and part.get_content_disposition() != "attachment"
        ):
            self._body(part, kind)
        elif kind not in _SIGNATURES:
            self._attachment(part, kind)

    def _alternative(self, parts: list[Message], depth: int) -> None:
        """Of what says the same in several formats, the plain text, unless it is empty or only says where the other one is."""
        plain = [each for each in parts if each.get_content_type() == "text/plain" and len(_text(each).split()) > 1]
        for child in plain[:1] or parts[-1:]:
            self.part(child, depth + 1)
        for child in parts:
            if child not in plain[:1] and child.is_multipart() and plain:
                self._related(child, depth)

    def _related(self, part: Message, depth: int) -> None:
        """What is attached beside the page in another format."""
        for child in _children(part):
            if child.get_content_maintype() not in ("text", "multipart"):
                self.part(child, depth + 1)

    def _body(self, part: Message, kind: str) -> None:
        self.draft.place(f"{self.prefix}body")
        if kind == "text/html":
            write_html(self.draft, decode_html(self.draft.name, _charset_first(part)), title=False)
            return
        run, quoted = list[str](), False
        for line in [*_text(part).splitlines(), ""]:
            mark = _QUOTED.match(line)
            if line.strip() and bool(mark) != quoted:
                self._lines(run, quoted)
                run, quoted = [], bool(mark)
            run.append(line[mark.end() :] if mark else line)
        self._lines(run, quoted)

    def _lines(self, lines: list[str], quoted: bool) -> None:
        self.draft.place(f"{self.prefix}{'quoted mail' if quoted else 'body'}")
        self.draft.lines("\n".join(lines))

    def _attachment(self, part: Message, kind: str) -> None:
        name, data = flat(_file_name(part)), part.get_payload(decode=True)
        named = f"attachment {name}" if name else f"attachment ({kind})"
        self.attached += 1
        try:
            if self.attached > _ATTACHED or not isinstance(data, bytes) or not data:
                raise DsacliError("")
            document = self.read_part(name or f"attachment{_SUFFIXES.get(kind, '')}", data)
        except DsacliError:
            self.draft.warn(f"{self.prefix}{named} is not read")
        else:
            self.draft.append(document, f"{self.prefix}{named}")


def _children(part: Message) -> list[Message]:
    found = part.get_payload()
    return [each for each in found if isinstance(each, Message)] if isinstance(found, list) else []


def header(message: Message, name: str) -> str:
    """A header on one line, its encoded words decoded; "" where there is none."""
    value = message.get(name)
    if value is None:
        return ""
    raw = str(value)[:_HEADER]
    try:
        return flat(str(make_header(decode_header(raw))))
    except (ValueError, LookupError, UnicodeError):
        return flat(raw)


def _day(message: Message) -> str:
    try:
        return parsedate_to_datetime(str(message.get("Date"))).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return "no date"


def _file_name(part: Message) -> str:
    try:
        return str(make_header(decode_header(part.get_filename() or "")))
    except (ValueError, LookupError, UnicodeError, TypeError):
        return "unnamed"


def _text(part: Message) -> str:
    """A part that is text, decoded as it says, else as UTF-8 or cp1252."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            return data.decode(charset or "utf-8")
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _charset_first(part: Message) -> bytes:
    """The bytes of a page as UTF-8, where its header says what they are in: that counts for more than what the page says."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return b""
    return _text(part).encode("utf-8", "replace") if part.get_content_charset() else data
