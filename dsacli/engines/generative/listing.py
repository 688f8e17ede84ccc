"""Answers that are lists: an item a line, each with its own place."""

import re
from dataclasses import replace
from typing import Any

from dsacli.engines.context import Context
from dsacli.engines.evidence import evidence_at
from dsacli.engines.extractive.answers.lists import same
from dsacli.engines.extractive.answers.parties import asks_for_parties
from dsacli.engines.generative.conditions import wants_yes_or_no
from dsacli.engines.generative.conversation import Conversation, Generated
from dsacli.engines.generative.provenance import any_form, located
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, single_line
from dsacli.extraction.enumeration import items_in
from dsacli.extraction.parties import is_party, parties_in, signatories_in

LIST = "Answer from the document above with a list, one item a line, worded as in the document. If it does not say, answer not found."
MOST_ITEMS = 40
_WANTS = re.compile(
    r"\W*(?:(?:please )?(?:list|name|enumerate) (?:all|the|every|each|any|both)\b|who (?:are|were|signed)\b"
    r"|(?:what|which) (?:are|were) (?:all|the (?:names|different|various|two|three|four|five|\d+))\b"
    r"|(?:what|which) (?:companies|parties|people|persons|countries|products|documents|states|cities|members|names)\b)",
    re.IGNORECASE,
)
# Where a stop ends a name and no sentence.
_SUFFIX = re.compile(r"\b(?:inc|ltd|corp|co|[a-z]\.[a-z])\.\Z", re.IGNORECASE)
# "The parties to it are" before the items.
_LEAD = re.compile(
    r"\s*(?:the|this|these|it|there)\b[^,;:\n]{0,80}?\b(?:are|were|includes?|is(?: made| entered into)? (?:by and )?(?:between|among))(?: as follows)?:?\s+",
    re.IGNORECASE,
)
_MARK = re.compile(r"\s*(?:[-*+•]|\(?\d{1,2}[.)])\s+")


def wants_list(question: str) -> bool:
    """Whether the wording of a question asks for several things.

    >>> [wants_list(each) for each in ("Who are the parties?", "List the risks.", "Who is the landlord?", "Are there parties?")]
    [True, True, False, False]
    """
    return not wants_yes_or_no(question) and (bool(_WANTS.match(question)) or asks_for_parties(question))


def items_of(text: str) -> list[str]:
    """The items of a list as a model wrote it: its lines, or what one line enumerates; none twice.

    >>> items_of("- dunlin\\n- knot"), items_of("Dunlin, Redshank and Knot")
    (['dunlin', 'knot'], ['Dunlin', 'Redshank', 'Knot'])
    >>> items_of("The parties to this agreement are LOW S.A. and ANNA HIND.")
    ['LOW S.A.', 'ANNA HIND']
    >>> items_of("The parties are:\\n- LOW S.A.\\n- ANNA HIND"), items_of("The birds are:\\nDunlin and Knot")
    (['LOW S.A.', 'ANNA HIND'], ['Dunlin', 'Knot'])
    """
    lines = [single_line(_MARK.sub("", line, count=1)) for line in text.splitlines()]
    # What leads to the items is none.
    lines = [line for line in lines if not line.endswith(":")] or lines
    if len([line for line in lines if line]) < 2:
        whole = " ".join(lines).strip()
        whole = _LEAD.sub("", whole, count=1)
        whole = whole if _SUFFIX.search(whole) else whole.removesuffix(".")
        lines = [whole[low:high].strip() for low, high in items_in(whole, 0, len(whole))]
    found: dict[str, str] = {}
    for line in lines:
        found.setdefault(answer_key(line), line)
    return [line for key, line in found.items() if key][:MOST_ITEMS]


def with_items(conversation: Conversation, question: str, answer: Answer, written: Generated) -> Answer:
    """An answer as the list of its items: each stands in the documents, or is not borne out, and those that an agreement names as its
    parties are these, whatever else bears it out. One item is a plain answer."""
    called = party_names(conversation) if asks_for_parties(question) else {}
    known = list(dict.fromkeys(called.values()))
    wordings = max(named_in(written.text, known), items_of(written.text), key=len)
    wordings = list(dict.fromkeys(called.get(answer_key(each), each) for each in wordings))
    if len(wordings) < 2:
        return answer
    items, mass = list[Answer](), written.attention_mass
    for wording in wordings:
        place = located(conversation.context, wording, mass, answer.evidence)
        items.append(Answer(wording, answer.score, (place,) if place else (), borne_out=place is not None))
    evidence = tuple(place for item in items for place in item.evidence)
    return replace(
        answer,
        answer="; ".join(wordings),
        evidence=evidence or answer.evidence,
        items=tuple(items),
        borne_out=len(evidence) == len(items) and (answer.borne_out or are_parties(wordings, known)),
    )


def opening_parties(context: Context[Any], question: str) -> Answer | None:
    """The parties to an agreement as its opening names them, for a question that a model's own words do not answer; None where no opening
    says what each is called, or they do not sign it. The probability of words that nobody wrote is not known."""
    if not asks_for_parties(question):
        return None
    for each in context.documents:
        text = each.document.text
        signed = {answer_key(text[one.start : one.end]) for one in signatories_in(text)}
        for some in parties_in(text):
            parties = [party for party in some if is_party(text[party.start : party.end])]
            sure = all(party.aliases or answer_key(text[party.start : party.end]) in signed for party in parties)
            if len(parties) > 1 and sure:
                places = [evidence_at(each.document, each.sentences, party.start, party.end) for party in parties]
                items = tuple(Answer(single_line(one.wording), None, (one,), borne_out=True) for one in places)
                wording = "; ".join(item.answer for item in items)
                return Answer(wording, None, tuple(places), items=items, borne_out=True)
    return None


def party_names(conversation: Conversation) -> dict[str, str]:
    """The names of the parties to agreements, by how these open or who signs them, under the keys of what each is called."""
    found: dict[str, str] = {}
    for each in conversation.context.documents:
        text = each.document.text
        for party in (*(party for some in parties_in(text) for party in some), *signatories_in(text)):
            name = single_line(text[party.start : party.end])
            # Behind a date or a title, as it is signed, it is the same.
            if answer_key(name) not in found and any(answer_key(name).endswith(f" {known}") for known in found):
                continue
            for called in (name, *party.aliases):
                found.setdefault(answer_key(called), name)
    return found


def named_in(text: str, known: list[str]) -> list[str]:
    """The known names in an answer that is one line of several, in its order: without the addresses that stand there too.

    >>> named_in("LOW QUAYS LTD., of Hull; Hind Cranes LLC, of York", ["Low Quays Ltd.", "Hind Cranes LLC", "Hull Bank plc"])
    ['Low Quays Ltd.', 'Hind Cranes LLC']
    """
    if "\n" in text.strip():
        return []
    places = list[tuple[int, str]]()
    for name in known:
        form = any_form(name)
        match = form.search(text) if form else None
        if match:
            places.append((match.start(), name))
    found: dict[str, str] = {}
    for _, name in sorted(places):
        found.setdefault(answer_key(name), name)
    return list(found.values())


def are_parties(names: list[str], known: list[str]) -> bool:
    """Whether all names are known ones, or begin as these do."""
    return all(any(same(answer_key(name).split(), answer_key(key).split()) for key in known) for name in names)
