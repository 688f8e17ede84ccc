import io

import pytest

from dsacli.arguments import documents_and_questions, read_questions
from dsacli.errors import DsacliError, UsageFailure


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b.pdf", "my notes.txt"):
        (tmp_path / name).write_text("text")
    (tmp_path / "folder").mkdir()


@pytest.mark.parametrize(
    ("arguments", "documents", "questions"),
    [
        (["a.txt", "Who came?"], ["a.txt"], ["Who came?"]),
        (["a.txt", "b.pdf", "Who came?"], ["a.txt", "b.pdf"], ["Who came?"]),
        (["a.txt", "Who came?", "why they came"], ["a.txt"], ["Who came?", "why they came"]),
        (["folder", "Why?"], ["folder"], ["Why?"]),
        (["-", "Who came?"], ["-"], ["Who came?"]),
        (["a.txt", "-", "Who came?"], ["a.txt", "-"], ["Who came?"]),
        (["my notes.txt", "Who came?"], ["my notes.txt"], ["Who came?"]),
        (["a.txt", "Who " * 2000], ["a.txt"], ["Who " * 2000]),
        (["a.txt", "Who\0 came?"], ["a.txt"], ["Who\0 came?"]),
    ],
)
def test_documents_come_first_and_the_rest_are_questions(files, arguments, documents, questions):
    assert documents_and_questions(arguments) == (documents, questions)


@pytest.mark.parametrize("arguments", [["c.txt", "Who came?"], ["a.txt", "c.txt", "Who came?"], ["a.txt", "c.txt"]])
def test_a_mistyped_file_name_is_not_asked(files, arguments):
    with pytest.raises(DsacliError, match=r"^c\.txt: no such file or folder$"):
        documents_and_questions(arguments)


def test_a_question_without_a_document_is_named(files):
    with pytest.raises(DsacliError, match=r"^Who came\?: no such file or folder$"):
        documents_and_questions(["Who came?"])


@pytest.mark.parametrize("question", ["", "  ", "\n"])
def test_an_empty_question_is_refused(files, question):
    with pytest.raises(DsacliError, match="the question is empty"):
        documents_and_questions(["a.txt", question])


def test_a_missing_question_is_asked_for_with_an_example(files):
    with pytest.raises(DsacliError, match=r"no question; .*dsacli ask a\.txt"):
        documents_and_questions(["a.txt", "b.pdf"])


def test_a_file_behind_a_question_is_not_called_missing(files):
    with pytest.raises(DsacliError) as failure:
        documents_and_questions(["a.txt", "Who came?", "b.pdf"])
    assert "b.pdf" in str(failure.value) and "no such file" not in str(failure.value)


@pytest.mark.parametrize("words", [["Who", "came?"], ["Who", "came"], ["parties"]])
def test_a_question_without_quotes_gets_a_hint(files, words):
    with pytest.raises(
        DsacliError,
        match=f'^{words[0]}: no such file or folder; .*dsacli ask a.txt "{" ".join(words).rstrip("?")}\\?"$',
    ):
        documents_and_questions(["a.txt", *words])


def test_questions_come_from_a_file_or_stdin_one_a_line(files, tmp_path, monkeypatch):
    (tmp_path / "q.txt").write_bytes("\ufeffWho came?\r\n\r\n  Why? \n".encode())
    assert read_questions("q.txt", ["a.txt"]) == ["Who came?", "Why?"]
    monkeypatch.setattr("sys.stdin", io.StringIO("When?\n"))
    assert read_questions("-", ["a.txt"]) == ["When?"]


def test_questions_that_cannot_be_read_are_refused(files, tmp_path):
    (tmp_path / "q.txt").write_bytes(b"\xff\xfe\x80")
    (tmp_path / "none.txt").write_bytes(b"\n \n")
    for file, message in (
        ("absent.txt", "no such file"),
        ("q.txt", "not text"),
        ("none.txt", "holds no questions"),
        (".", "directory"),
    ):
        with pytest.raises(DsacliError, match=message):
            read_questions(file, ["a.txt"])
    with pytest.raises(UsageFailure, match="not both"):
        read_questions("-", ["-"])
