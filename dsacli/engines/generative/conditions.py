"""Answers of yes or no, held against the clause that they are read from: does it allow, forbid, or depend?"""

import re

from dsacli.engines.wording import content_words

_WANTS = re.compile(
    r"\W*(?:(?:and|but|so|then)\s+)?(?:is|are|was|were|am|do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had)\b",
    re.IGNORECASE,
)
# "Is it monthly or yearly?" wants one of the two.
_EITHER = re.compile(r"\bor\b(?! not\b)", re.IGNORECASE)
_VERDICT = re.compile(r"\W*(?P<word>yes|no)\b[.,:;]?\s*", re.IGNORECASE)
# What somebody may do: a clause that forbids it is a no.
_PERMISSION = re.compile(
    r"\W*(?:\w+\s+)?(?:can|could|may)\b|\b(?:allowed|permitted|possible|entitled|free to|right to)\b", re.IGNORECASE
)
_CONDITION = re.compile(
    r"\b(?:unless|without|except(?:ing)?(?! as (?:\w+ ){0,2}(?:provided|permitted|set (?:forth|out)|stated|agreed|required))|provided(?: that|,)|subject to|only (?:if|with|after|upon|on)|if|consent|approval|permission)\b",
    re.IGNORECASE,
)
_PROHIBITION = re.compile(
    r"\b(?:(?:may|shall|must|will|can|could|is|are|be) not|cannot|can[’']t|neither|nor|no|not|none|never|prohibit\w*|forbid\w*|forbidden|void)\b",
    re.IGNORECASE,
)
# "May not without consent" and "may without consent" have the same words but one.
_WITHOUT = re.compile(r"\bwithout\b", re.IGNORECASE)
# "Yes, neither is liable" takes back what it says.
_DENIAL = re.compile(r"(?:neither|no|none|nobody)\b", re.IGNORECASE)
# What comes behind it says something else.
_BUT = re.compile(r"[,;]?\s+(?:but|although|though|however)\b", re.IGNORECASE)
# What is allowed in one case alone.
_ONLY = re.compile(
    r"\b(?:only (?:if|to|with|where|when|in)|except(?: that| to| in| where| as)?|unless)\b", re.IGNORECASE
)
_GRANT = re.compile(
    r"\b(?:may|can|(?:is|are|be) (?:entitled|free|permitted|allowed)|(?:has|have) the right)\b", re.IGNORECASE
)


def wants_yes_or_no(question: str) -> bool:
    """Whether a question is one.

    >>> [wants_yes_or_no(each) for each in ("Can it be assigned?", "Who can assign it?", "Is it rent or a fee?")]
    [True, False, False]
    """
    return bool(_WANTS.match(question)) and not _EITHER.search(question)


def reason(answer: str) -> str:
    """An answer without the yes or no that it begins with.

    >>> reason("No, it ends in May."), reason("Notices")
    ('it ends in May.', 'Notices')
    """
    return _VERDICT.sub("", answer, count=1) if _VERDICT.match(answer) else answer


def contradicts(question: str, answer: str, clause: str) -> bool:
    """Whether a clause says otherwise than an answer to a question of yes or no: a yes to what it forbids, a no to what it allows,
    or either of them where it says under what condition, and neither question nor answer does. Without the word, an answer to what
    somebody may do is a yes if it forbids nothing.

    >>> contradicts("Can it be assigned?", "Yes, it can.", "Neither party may assign it without consent.")
    True
    >>> contradicts("Is it allowed without consent?", "It is, but not by night.", "Neither party may assign it without consent.")
    True
    >>> contradicts("Can it be assigned without consent?", "Yes, only to a buyer.", "It may not be assigned without consent, except to a buyer.")
    False
    >>> contradicts("Can it be assigned?", "No: it may not.", "Except as otherwise provided herein, neither party may assign it.")
    False
    >>> contradicts("Can it be assigned?", "Yes, with consent.", "Neither party may assign it without consent.")
    False
    """
    verdict, why = _VERDICT.match(answer), reason(answer)
    depends, forbids = bool(_CONDITION.search(clause)), bool(_PROHIBITION.search(clause))
    asks_leave, asks_without = bool(_PERMISSION.search(question)), bool(_CONDITION.search(question))
    if not verdict and not asks_leave:
        return False
    is_yes = verdict["word"].lower() == "yes" if verdict else not _PROHIBITION.search(_BUT.split(why, maxsplit=1)[0])
    if is_yes and _DENIAL.match(why) and not _PROHIBITION.search(question):
        return True
    free = _WITHOUT.search(why)
    if _ONLY.search(why) and _ONLY.search(clause):
        return False
    if asks_leave and forbids and _WITHOUT.search(clause) and free and not _PROHIBITION.search(why[: free.start()]):
        return is_yes or not verdict
    gives_reason = bool(content_words(why) - content_words(question))
    if depends and not asks_without and not _CONDITION.search(why):
        return asks_leave or not gives_reason
    if not asks_leave:
        return False
    if is_yes:
        return forbids and (asks_without or not depends)
    return not forbids and bool(_GRANT.search(clause))
