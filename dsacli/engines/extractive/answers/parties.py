"""The parties to an agreement as answers: all of them, or the one of the role that a question asks for."""

import re

from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.results import Answer
from dsacli.engines.wording import answer_key, single_line
from dsacli.extraction.parties import parties_in, signatories_in
from dsacli.reader.spans import SpanDistribution

# How often an opening that says what each party is called names the parties, on contracts to train on: less than they show.
OPENING = 0.6
# Of the best answer's probability, what a party of the role that was asked for must have at least to come first.
ROLE_SHARE = 0.02
# A question for those who made an agreement.
PARTIES = re.compile(
    r"(?<!third )(?<!third-)(?<!other )\bparties\b|\bparty to\b|\bwho (?:signed|entered into|concluded|made) (?:this|the) (?:agreement|contract|deal)|\bwho signed it\W*\Z|\b(?:agreement|contract|deal) (?:is )?"
    r"(?:between|with)\b|\b(?:compan(?:y|ies)|entit(?:y|ies)|people|organi[sz]ations?|firms?|whom?)\b.*\b(?:is|are|enter\w*|made|make|making|sign\w*|into|between)\b"
    r".*\b(?:agreement|contract|deal)\b",
    re.IGNORECASE,
)
# A question for whoever is called something.
ROLE = re.compile(
    r"\W*(?:who(?:'s| is| are| was)|which (?:company|party) is|what is the name of) (?:the )?([\w' -]{3,30}?)\W*$",
    re.IGNORECASE,
)
Place = tuple[int, int, float]


def asks_for_parties(question: str) -> bool:
    """Whether a question is for those who made an agreement.

    >>> [asks_for_parties(each) for each in ("Who signed it?", "Who made the contract?", "Who made it?")]
    [True, True, False]
    """
    return bool(PARTIES.search(question))


def of_parties(context: EncodedContext, spans: SpanDistribution) -> list[Place]:
    """The parties that an agreement's opening names: of all such openings the one that was read as the answer most, else the first
    that says what each is called."""
    best, most = list[Place](), 0.0
    for shift, encoded in zip(context.edges.tolist(), context.documents):
        for parties in parties_in(encoded.document.text):
            places = [context.tokens(shift, party.start, party.end) for party in parties]
            masses = [spans.mass(first, last) for first, last in places if first <= last]
            least = OPENING / len(parties) if all(party.aliases for party in parties) else 0.0
            shares = [max(least, share) for share in masses]
            if sum(shares) > most:
                most = sum(shares)
                best = [(first, last, share) for (first, last), share in zip(places, shares)]
    return best


def signed(context: EncodedContext) -> list[Place]:
    """The companies that sign, for an agreement whose opening names nobody; a likelihood is not known of them."""
    return [
        (*context.tokens(shift, party.start, party.end), 0.0)
        for shift, encoded in zip(context.edges.tolist(), context.documents)
        for party in signatories_in(encoded.document.text)
    ]


def of_role(context: EncodedContext, question: str, spans: SpanDistribution, answers: list[Answer]) -> list[Answer]:
    """With the party first that the agreement calls what is asked for, where an answer holds it: alone, without the others."""
    asked = ROLE.match(question)
    role = answer_key(asked[1]) if asked else ""
    for shift, encoded in zip(context.edges.tolist(), context.documents) if role and answers else ():
        for parties in parties_in(encoded.document.text):
            for party in parties:
                first, last = context.tokens(shift, party.start, party.end)
                if role not in map(answer_key, party.aliases) or first > last:
                    continue
                mass = spans.mass(first, last)
                if mass >= ROLE_SHARE * answers[0].likelihood:
                    evidence = context.evidence(first, last)
                    score = min(1.0, max(mass, answers[0].likelihood))
                    own = Answer(single_line(evidence.wording), score, (evidence,))
                    return [own, *(answer for answer in answers if not _overlaps(answer, own))]
    return answers


def _overlaps(one: Answer, other: Answer) -> bool:
    a, b = one.evidence[0], other.evidence[0]
    return a.document == b.document and a.start < b.end and b.start < a.end
