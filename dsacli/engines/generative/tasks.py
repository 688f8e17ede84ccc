"""Ask and extract with a generative model: free-form text, with the places it was read from."""

import json
from collections.abc import Sequence

from dsacli.engines.generative.conversation import Conversation, Generated
from dsacli.engines.generative.provenance import located
from dsacli.engines.options import Options
from dsacli.engines.results import (
    AMBIGUOUS,
    Answer,
    AskResult,
    Extracted,
    ExtractResult,
)
from dsacli.engines.wording import answer_key, single_line
from dsacli.errors import DsacliError
from dsacli.extraction.fields import Field
from dsacli.extraction.values import find_values

EVIDENCE = 3
NOT_FOUND = "not found"
ANSWER = f"Answer from the document above, as briefly as possible. If it does not say, answer {NOT_FOUND}."
VALUE_TOKENS = 64
# Below these nothing was found. Kept at what was asked of a confidence before the two were told apart; nothing was fitted.
MIN_PROBABILITY, MIN_FIELD_PROBABILITY = 0.5, 0.3


def ask(conversation: Conversation, question: str, options: Options) -> AskResult:
    """Answer in the model's own words; "not found", or a probability below `min_probability`, is no answer."""
    least = MIN_PROBABILITY if options.min_probability is None else options.min_probability
    with conversation.query(ANSWER, question) as query:
        written = query.write()
        savings = query.savings()
    text = single_line(written.text)
    answers: tuple[Answer, ...] = ()
    if answer_key(text) not in ("", NOT_FOUND) and (written.probability >= least or written.interrupted):
        mass = written.attention_mass
        bearing = conversation.sentences.bearing(question, text, mass, EVIDENCE)
        place = located(conversation.context, text, mass)
        evidence = (place,) if place else bearing.evidence
        answers = (Answer(text, written.probability, evidence, borne_out=bearing.bears_out),)
    return AskResult(question, answers, "probability", savings, written.interrupted)


def extract(conversation: Conversation, fields: Sequence[Field], options: Options) -> ExtractResult:
    """Have the model fill in a JSON object whose keys are the fields; it writes only the values: null, or one string.

    Raises DsacliError for a model whose vocabulary has no quotation mark.
    """
    least = MIN_FIELD_PROBABILITY if options.min_probability is None else options.min_probability
    tokens, decode = conversation.tokens, conversation.model.tokenizer.decode
    # A quotation mark with the space before it is one token of most vocabularies, which never writes the two apart.
    quote, null, space = tokens(' "'), tokens(" null"), ""
    if len(quote) > 1 or quote[0] == null[0]:
        quote, null, space = tokens('"'), tokens("null"), " "
    if decode(quote).strip() != '"' or decode(null).strip() != "null":
        raise DsacliError("this model's tokens can't write JSON; extract needs another model, or the built-in one")
    wanted = ", ".join(f"{json.dumps(field.name)} ({field.type})" for field in fields)
    found, interrupted = [], False
    with conversation.query(
        f"Extract from the document above, as a JSON object with exactly these keys: {wanted}. "
        "Values are strings, worded as in the document, or null where it does not say."
    ) as query:
        query.feed(tokens("{"))
        for number, field in enumerate(fields):
            query.feed(tokens(f"{', ' if number else ''}{json.dumps(field.name, ensure_ascii=False)}:{space}"))
            if interrupted or query.prefers(null[0], quote[0]):
                query.feed(null)
                found.append(Extracted(field, None, None, None))
                continue
            query.feed(quote)
            written = query.write(until=lambda text: '"' in text or "\n" in text, limit=VALUE_TOKENS)
            interrupted = written.interrupted
            text = single_line(written.text.split('"')[0])
            query.rewrite(f'{text}"')
            found.append(value_of(conversation, field, text, written, least))
        savings = query.savings()
    return ExtractResult(conversation.context.name, tuple(found), "probability", savings, interrupted)


def value_of(conversation: Conversation, field: Field, text: str, written: Generated, least: float) -> Extracted:
    """A field's value as it was written: of its type, and with the place that bears it out; else null."""
    if written.probability < least or not answer_key(text):
        return Extracted(field, None, None, written.probability)
    context, mass = conversation.context, written.attention_mass
    evidence = located(context, text, mass)
    if evidence is None:
        bearing = conversation.sentences.bearing(field.name, text, mass, 1)
        evidence = bearing.evidence[0] if bearing.bears_out else None
    # What it wrote is read as the document writes its figures there.
    name, at = (evidence.document, evidence.start) if evidence else ("", 0)
    document = next((each.document for each in context.documents if each.document.name == name), None)
    values = find_values(text, field.type, document.text if document else None, at)
    if not values or evidence is None:
        return Extracted(field, None, None, written.probability)
    value = values[0]
    score = min(written.probability, AMBIGUOUS) if value.readings else written.probability
    if score < least:
        return Extracted(field, None, None, score)
    return Extracted(field, value.normalised, text, score, (evidence,), readings=value.readings)
