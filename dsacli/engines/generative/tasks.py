"""Ask and extract with a generative model: free-form text, with the places it was read from."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from dsacli.engines.evidence import Evidence
from dsacli.engines.generative.bearing import bearing
from dsacli.engines.generative.conditions import contradicts, reason, wants_yes_or_no
from dsacli.engines.generative.conversation import Conversation, Generated
from dsacli.engines.generative.listing import LIST, opening_parties, wants_list, with_items
from dsacli.engines.generative.looking import Looking
from dsacli.engines.generative.provenance import located
from dsacli.engines.generative.ruling import RULE, is_silent, write_ruling
from dsacli.engines.generative.standing import standing
from dsacli.engines.options import Options
from dsacli.engines.results import (
    AMBIGUOUS,
    Answer,
    AskResult,
    Extracted,
    ExtractResult,
)
from dsacli.engines.savings import in_turn
from dsacli.engines.wording import answer_key, content_words, single_line
from dsacli.errors import DsacliError
from dsacli.extraction.fields import Field
from dsacli.extraction.questions import field_questions
from dsacli.reader.wants import Want

EVIDENCE = 3
NOT_FOUND = "not found"
ANSWER = f"Answer from the document above, as briefly as possible. If it does not say, answer {NOT_FOUND}."
VALUE_TOKENS = 64
# Below these nothing was found. Kept at what was asked of a confidence before the two were told apart; nothing was fitted.
MIN_PROBABILITY, MIN_FIELD_PROBABILITY = 0.5, 0.3


def ask(conversation: Conversation, question: str, options: Options, looking: Looking) -> AskResult:
    """Answer in the model's own words; "not found", or a probability below `min_probability`, is no answer."""
    least = MIN_PROBABILITY if options.min_probability is None else options.min_probability
    of_yes_or_no, of_several = wants_yes_or_no(question), wants_list(question)
    with conversation.query(RULE if of_yes_or_no else LIST if of_several else ANSWER, question) as query:
        leads = of_yes_or_no and conversation.can_be_led
        written = write_ruling(query, question) if leads else query.write()
        savings = query.savings()
    text = single_line(written.text)
    answers: tuple[Answer, ...] = ()
    if answer_key(text) and not is_silent(text) and (written.probability >= least or written.interrupted):
        answer = held(conversation, question, text, written, looking)
        answers = (with_items(conversation, question, answer, written) if of_several else answer,)
    # One party alone is no answer to who made an agreement.
    if of_several and not written.interrupted and not any(answer.borne_out and answer.items for answer in answers):
        known = opening_parties(conversation.context, question)
        answers = (known,) if known else answers
    return AskResult(question, answers, "probability", savings, written.interrupted)


def bears_out(result: AskResult) -> bool:
    """Whether there is an answer, and what it cites bears it out."""
    return result.found and result.answers[0].borne_out is not False


def or_quoted(result: AskResult, looking: Looking, say: Callable[[str], None]) -> AskResult:
    """The result, with what the built-in reader quotes in place of an answer that is not there or not borne out, if the reader is sure; that
    it is so, `say` is told. A list has its doubts item by item, and stays."""
    stays = result.interrupted or bears_out(result) or wants_list(result.question)
    form: Want | None = "clause" if wants_yes_or_no(result.question) else None
    quoted = None if stays else looking.answer(result.question, form)
    if not quoted:
        return result
    say("the model wrote nothing that the document bears out; the answer is quoted by the built-in reader")
    return replace(result, answers=(quoted[1],), measure="confidence", want=quoted[0])


def best_of(asked: Sequence[AskResult]) -> AskResult:
    """Of the answers to a question asked in several ways the one that is borne out, else one that there is, at the cost of all."""
    best = max(reversed(asked), key=lambda each: (bears_out(each), each.found))
    costs = [each.savings for each in asked if each.savings]
    return replace(best, savings=in_turn(costs) if costs else None, interrupted=asked[-1].interrupted)


def held(conversation: Conversation, question: str, text: str, written: Generated, looking: Looking) -> Answer:
    """An answer with the places behind it, and whether they bear it out: yes and no are held against the clause that decides."""
    mass = written.attention_mass
    found = bearing(conversation.sentences, question, text, mass, EVIDENCE, lambda: looking.places(question))
    clause, quotes = looking.clause(question) if wants_yes_or_no(question) else None, conversation.sentences.quote(text)
    if clause:
        # The reader is sure of the clause: what only says yes or no, in the words of the question, has nothing else to be held against.
        bears_out = found.bears_out or not content_words(reason(text)) - content_words(question)
        bears_out = bears_out and (quotes or not contradicts(question, text, clause.quote))
        others = [each for each in found.evidence if not _overlap(each, clause)]
        return Answer(text, written.probability, (clause, *others)[:EVIDENCE], borne_out=bears_out)
    contradicted = not quotes and any(contradicts(question, text, each.quote) for each in found.evidence)
    place = located(conversation.context, text, mass, found.evidence)
    evidence = (place,) if place else found.evidence
    return Answer(text, written.probability, evidence, borne_out=found.bears_out and not contradicted)


def _overlap(one: Evidence, other: Evidence) -> bool:
    """Whether two places are in one passage, as they are quoted."""
    low, high = (each.start - each.quote_start for each in (one, other))
    return one.document == other.document and low < high + len(other.quote) and high < low + len(one.quote)


def extract(conversation: Conversation, fields: Sequence[Field], options: Options, looking: Looking) -> ExtractResult:
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
    found, interrupted = [], False
    with conversation.query(
        f"Extract from the document above, as a JSON object with exactly these keys: {keys_of(fields)}. "
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
            found.append(value_of(conversation, field, text, written, least, looking))
        savings = query.savings()
    return ExtractResult(conversation.context.name, tuple(found), "probability", savings, interrupted)


def keys_of(fields: Sequence[Field]) -> str:
    """The names of fields as a model is told them, each with its question: small models know better what a question asks for than what a
    name does, or a type."""
    return ", ".join(f"{json.dumps(field.name, ensure_ascii=False)} ({field_questions(field)[0]})" for field in fields)


def value_of(
    conversation: Conversation, field: Field, text: str, written: Generated, least: float, looking: Looking
) -> Extracted:
    """A field's value as the document has it, where that is about the field and says what was written; else null."""
    if written.probability < least or not answer_key(text):
        return Extracted(field, None, None, written.probability)
    (question, *_) = field_questions(field)
    sentences, mass = conversation.sentences, written.attention_mass
    found = standing(sentences, field, question, text, mass, lambda: looking.places(question))
    if found is None:
        return Extracted(field, None, None, written.probability)
    score = min(written.probability, AMBIGUOUS) if found.readings else written.probability
    if score < least:
        return Extracted(field, None, None, score)
    return Extracted(field, found.value, found.text, score, (found.evidence,), readings=found.readings)
