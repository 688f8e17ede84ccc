"""Subtitles and LaTeX."""

from dsacli.documents import parse

from .files import place

VTT = b"""WEBVTT

00:00:00.000 --> 00:00:07.130 align:start
<v Neva>Good morning, and welcome to the
planning meeting.

00:00:07.130 --> 00:00:14.260
<v Neva>I chair this group, and the cost

00:00:14.260 --> 00:00:20.000
has gone up to &pound;2.

01:10:21.000 --> 01:10:24.000
<v Pryce>Will the lamps be on?
"""
SRT = b"""1
00:00:01,000 --> 00:00:02,000
<i>Hello</i> there

2
00:00:02,500 --> 00:00:04,000
Tom Reeve: I said so.
ANNA: No!
"""
TEX = rb"""\documentclass[11pt]{article}
\title{The Salt \& the Road\thanks{Paid by us.}}\author{Ren\'ee Castell}
\begin{document}\maketitle
\section{Rent}\label{sec:rent}
The \textbf{rent} is \pounds{}210~a month~\cite{smith20}. % a secret
As $x_1 < y$ holds\footnote{See \emph{there}.} we pay 5\%:
\begin{equation} E = mc^2 \end{equation}

\begin{enumerate}\item One \item Two\end{enumerate}
\begin{tabular}{lr}\toprule Item & Price \\ \midrule Kiln & 6,200 \\ \bottomrule\end{tabular}
\input{other}
\end{document}"""


def test_what_is_said_reads_on_and_knows_its_time():
    document = parse("a.vtt", VTT)
    assert document.text == (
        "Neva: Good morning, and welcome to the planning meeting. I chair this group, and the cost has gone up to £2."
        "\n\nPryce: Will the lamps be on?"
    )
    assert [place(document, words) for words in ("Good", "I chair", "has gone", "lamps")] == [
        "0:00:00",
        "0:00:07",
        "0:00:14",
        "1:10:21",
    ]


def test_subrip():
    assert parse("a.srt", SRT).text == "Hello there\n\nTom Reeve: I said so.\n\nANNA: No!"
    assert parse("a.srt", b"no cues in it").kind == "text"


def test_latex():
    document = parse("a.tex", TEX)
    assert [each.title for each in document.sections] == ["The Salt & the Road", "Rent"]
    for words in (
        "Renée Castell",
        "Footnote: Paid by us.",
        "The rent is £210 a month [smith20]. As $x_1 < y$ holds we pay 5%: \\begin{equation} E = mc^2 \\end{equation}",
        "Footnote: See there.",
        "1. One\n2. Two",
        "| Item: Kiln | Price: 6,200 |",
    ):
        assert words in document.text
    assert "secret" not in document.text and document.warnings == ("other, which it includes, is not read with it",)
