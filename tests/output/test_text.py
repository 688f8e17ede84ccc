import csv
import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from dsacli.engines.disk_cache import CacheEntry
from dsacli.engines.evidence import Evidence
from dsacli.engines.results import Answer, AskResult, Extracted, ExtractResult
from dsacli.engines.savings import Cost, DenseRun, DocumentPass, Savings
from dsacli.extraction.fields import Field
from dsacli.output import panel, places, records, units
from dsacli.output import text as render
from dsacli.output.cache import show_cache

SAVINGS = Savings(
    context_tokens=10_000,
    selected_tokens=2_048,
    flops=Cost(34_000_000_000, 1_000_000_000),
    memory=Cost(100_000_000, 40_000_000),
    seconds=1.25,
    peak_memory=500_000_000,
    document_pass=DocumentPass(10_000, 10_000, 2_000_000_000, 3.0),
)


def evidence(quote: str, answer: str, *, document: str = "a.pdf", page: int | None = 3) -> Evidence:
    start = quote.index(answer)
    line = 12 if page is None else None
    end = start + len(answer)
    return Evidence(document, page, line, "Terms", 100 + start, 100 + end, quote, start, end)


def answered(quote: str, answer: str, **where) -> AskResult:
    found = Answer(" ".join(answer.split()), 0.87654, (evidence(quote, answer, **where),))
    return AskResult("Who?", (found,), "confidence", SAVINGS)


def extracted(value, kind: str = "money", document: str = "a.pdf") -> ExtractResult:
    place = evidence("It is EUR 5.", "EUR 5", document=document)
    fee = Extracted(Field("total fee", kind), value, "EUR 5", 0.5, (place,))
    return ExtractResult(
        document, (fee, Extracted(Field("notice", "duration"), None, None, 0.0)), "confidence", SAVINGS
    )


def on_terminal(result, width: int = 80) -> str:
    """What a person sees, without the styles."""
    console = Console(file=io.StringIO(), force_terminal=True, width=width, highlight=False)
    render.as_text(result, console)
    return re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue())


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (1_840_000, "1.84 MB"), (24_700_000, "24.7 MB"),
                        (512_000_000_000, "512 GB"), (5 * 10**15, "5,000 TB")]
)  # fmt: skip
def test_sizes_have_three_digits(count, text):
    assert units.size(count) == text


def test_flops_and_ratios():
    assert units.flop(268_902_899_111_424) == "269 TFLOP"
    assert units.flop(603_000_000) == "603 MFLOP"
    assert [units.times(ratio) for ratio in (1487.6, 34.4, 2.81, 0.9)] == ["1,488×", "34×", "2.8×", "0.9×"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [({"amount": 1_250_000, "currency": "EUR"}, "1250000 EUR"), ({"amount": 0.5, "currency": "GBP"}, "0.5 GBP"),
     ({"amount": 9800, "currency": None}, "9800"), (None, ""), (3.5, "3.5"), ("P30D", "P30D"), (0, "0")],
)  # fmt: skip
def test_cells(value, cell):
    assert records.cell(value) == cell


def test_the_answer_is_shown_with_page_section_and_quotation():
    seen = on_terminal(answered("It was signed by\nAda King in 1842.", "Ada King"))
    for part in ("Who?", "Ada King", "88%", "a.pdf, page 3 · Terms", "“It was signed by", "in 1842.”"):
        assert part in seen


def test_the_answer_is_marked_in_the_quotation_and_nothing_else_is():
    marked = places.quotation([evidence("It was  signed by\nAda\nKing, in 1842.", "Ada\nKing")])
    assert marked.plain == "“It was signed by Ada King, in 1842.”"
    assert [marked.plain[span.start : span.end] for span in marked.spans] == ["Ada King"]


def test_an_answer_at_the_edges_of_its_sentence():
    assert places.quotation([evidence("Ada King.", "Ada King")]).plain == "“Ada King.”"
    assert places.quotation([evidence("by Ada King", "Ada King")]).plain == "“by Ada King”"


def test_without_pages_the_line_is_named():
    assert places.whereabouts(evidence("by Ada", "Ada", page=None)) == "a.pdf, line 12 · Terms"


def test_square_brackets_are_text_and_not_markup():
    result = answered("It says [bold]yes[/bold] and [/red].", "[bold]yes[/bold]", document="[draft] a.pdf")
    seen = on_terminal(result, width=200)
    assert "[bold]yes[/bold] and [/red]" in seen and "[draft] a.pdf" in seen
    assert "[draft] a.pdf" in on_terminal(extracted(5, document="[draft] a.pdf"), width=200)
    on_terminal(extracted(5, document="folder[/x].pdf"))


def test_long_lines_are_wrapped_on_a_terminal_and_nowhere_else():
    result = answered("word " * 60 + "Ada King.", "Ada King")
    assert max(len(line) for line in on_terminal(result, width=60).splitlines()) < 80
    console = Console(file=io.StringIO(), width=60, soft_wrap=True)
    render.as_text(result, console)
    assert any("word word" in line and "Ada King.”" in line for line in console.file.getvalue().splitlines())


def test_a_table_of_fields_for_people_shows_what_was_found_and_what_was_not():
    seen = on_terminal(extracted({"amount": 5, "currency": "EUR"}))
    for part in ("total fee", "5 EUR", "page 3", "50%", "notice", "null"):
        assert part in seen


def computed() -> ExtractResult:
    """An end that stands nowhere, with the two places that it follows from."""
    term = evidence("The term is two years.", "two years")
    start = evidence("It begins on 1 May 2024.", "1 May 2024", page=1)
    text = "two years · 1 May 2024"
    end = Extracted(Field("expiry", "date"), "2026-05-01", text, 0.5, (term, start), computed=True)
    return ExtractResult("a.pdf", (end,), "confidence", SAVINGS)


def test_a_computed_value_says_so_and_shows_every_place_it_follows_from(capsys):
    seen = " ".join(on_terminal(computed(), width=200).split())
    assert "2026-05-01 computed" in seen and "page 3, page 1" in seen
    assert "computed" not in on_terminal(extracted(5), width=200)
    (field,) = records.record(computed())["fields"]
    assert field["computed"] is True and field["value"] == "2026-05-01"
    assert [place["page"] for place in field["evidence"]] == [3, 1]
    fee, notice = records.record(extracted(5))["fields"]
    assert fee["computed"] is notice["computed"] is False and notice["evidence"] == [] and len(fee["evidence"]) == 1


def test_a_value_that_can_mean_two_things_shows_both(capsys):
    place = evidence("It is made on 03/04/2025.", "03/04/2025")
    readings = ("2025-03-04", "2025-04-03")
    made = Extracted(Field("made", "date"), readings[0], "03/04/2025", 0.6, (place,), readings=readings)
    result = ExtractResult("a.pdf", (made,), "confidence", SAVINGS)
    assert "2025-03-04 or 2025-04-03" in on_terminal(result, width=200)
    render.as_lines(result)
    assert capsys.readouterr().out == "made\t2025-03-04\tor 2025-04-03\n"
    assert records.record(result)["fields"][0]["readings"] == [*readings]
    assert records.record(extracted(5))["fields"][0]["readings"] == []


def test_a_question_that_could_not_be_asked_is_its_error_and_cost_nothing(capsys):
    failed = AskResult("why?", (), "confidence", None, error="the question is 600 tokens long")
    assert not failed.found
    assert "the question is 600 tokens long" in on_terminal(failed) and "not found" not in on_terminal(failed)
    render.show(failed, as_json=True)
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["error"], found["found"], found["answers"], found["savings"]) == (failed.error, False, [], None)
    assert err == ""
    assert records.record(answered("by Ada", "Ada"))["error"] is None


def test_csv_quotes_what_needs_it(capsys):
    records.write_csv(extracted('Smith, Jones & "Co"', "text", "a,b.pdf"), True)
    records.write_csv(extracted(None), False)
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [["document", "total fee", "notice"], ["a,b.pdf", 'Smith, Jones & "Co"', ""], ["a.pdf", "", ""]]


def test_json_is_one_line_and_stdout_is_nothing_else(capsys):
    render.show(answered("It was signed by\nAda King.", "Ada King"), as_json=True)
    out, err = capsys.readouterr()
    assert out.count("\n") == 1 and json.loads(out)["confidence"] == 0.8765
    assert "next to dense attention" in err


def printed(**changes) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(panel.savings_panel(replace(SAVINGS, **changes), 100))
    return console.file.getvalue()


def test_the_panel_has_every_figure():
    seen = printed()
    for part in ("34 GFLOP", "1 GFLOP", "34×", "100 MB", "40 MB", "2.5×", "1.25 s", "peak memory 500 MB"):
        assert part in seen
    assert "2,048 of 10,000 tokens selected (20.5%)" in seen
    assert "document pass, once: 10,000 tokens, 2 GFLOP, 3.0 s (all cached)" in seen


def test_the_panel_tells_the_measured_dense_run_from_the_estimate():
    assert "dense, as run" not in printed()
    seen = printed(dense_run=DenseRun(12.5, 34_500_000_000, 101_000_000, None))
    assert "dense, as run: 12.50 s (10× the query's time), 34.5 GFLOP, keys and values 101 MB" in " ".join(
        seen.replace("│", " ").split()
    )
    seen = printed(dense_run=DenseRun(12.5, 34_500_000_000, 101_000_000, None, 6.0))
    assert "the document 6.0 s (2.0× its pass)" in " ".join(seen.replace("│", " ").split())


def test_partly_cached_documents_say_how_many_tokens():
    assert "4,000 cached" in printed(document_pass=DocumentPass(10_000, 4_000, 1, 1.0))


def test_the_cache_as_text_and_as_json(capsys):
    entry = CacheEntry("ab12", "a.pdf", 12_345, 1_840_000, 1_700_000_000.0)
    show_cache([entry], as_json=False)
    line = capsys.readouterr().out
    assert "12,345 tokens" in line and "1.84 MB" in line and line.endswith("a.pdf\n")
    show_cache([entry], as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "schema_version": 1, "task": "cache", "key": "ab12", "name": "a.pdf", "tokens": 12_345, "size_bytes": 1_840_000, "modified": 1_700_000_000.0
    }  # fmt: skip
    show_cache([], as_json=False)
    assert capsys.readouterr() == ("", "the cache is empty\n")
