"""Everything that is known of a model, as lines of text: one part after the other."""

from collections.abc import Iterator
from pathlib import Path

from dsacli.reader.loading import ReaderModel
from dsacli.training.calibrate import HELD_OUT, SOURCES, ask_dev, measure
from dsacli.training.evaluate import TABLE, evaluate, table_line
from dsacli.training.parity import Point, parity


def report(
    model: ReaderModel, data: Path, questions: int, parts: set[str], plot: Path | None, documents: int = 0
) -> Iterator[str]:
    """Lines of all `parts`; "answers" holds what "index" says. `plot` is where the picture of "dense" goes, `documents` how many
    of a source are summarised."""
    if parts & {"answers", "index"}:
        yield from TABLE.split("\n")
        answers = "answers" in parts
        for source, row in evaluate(model, data, questions, answers=answers):
            yield table_line(source, row)
    if "dense" in parts:
        points = parity(model, data, questions)
        yield from dense_lines(points)
        if plot and points:
            draw(points, plot)
    if "absent" in parts:
        config, asked = model.reader.config, ask_dev(model, data, questions, (*SOURCES, *HELD_OUT))
        parts_of = {"four sources": SOURCES[:4], **{source: (source,) for source in (*SOURCES, *HELD_OUT)}}
        yield f"{'whole documents, not found a choice':<36} {'n':>5} {'F1':>6} {'AUROC':>6} {'calibration error':>18}"
        for name, sources in parts_of.items():
            here = [each for each in asked if each.source in sources]
            fit = measure(here, config, config.index_prior, config.temperature, config.no_answer_bias)
            yield f"{name:<36} {len(here):>5} {fit.f1:>6.1f} {fit.auroc:>6.3f} {fit.calibration_error:>18.3f}"
    if "summaries" in parts:
        from dsacli.training.summaries import METHODS, summary_figures

        yield f"{'summaries, ROUGE-1 / ROUGE-L':<30} " + " ".join(f"{name:>11}" for name in METHODS)
        for source, found in summary_figures(model, data, documents):
            cells = (f"{found[c][0]:>4.1f} / {found[c][1]:>4.1f}" if c in found else f"{'-':>11}" for c in METHODS)
            yield f"{source:<30} " + " ".join(cells)
    if "extraction" in parts:
        from dsacli.training.extraction import extraction_figures

        made = extraction_figures(model, data)
        yield (
            f"extraction, {made.documents} made documents: exact {made.exact:.3f} (named as asked {made.named:.3f}, in other "
            f"words {made.paraphrased:.3f}), null when absent {made.null:.3f}"
        )

    if "contracts" in parts:
        from dsacli.training.agreements import agreement_figures

        yield from agreement_figures(model, data, questions)
    if "forms" in parts:
        from dsacli.training.asked import form_figures

        yield from form_figures(model, data)
    if "register" in parts:
        from dsacli.training.register import register_figures

        register = register_figures(model)
        yield f"register of 60,000 sentences of one form: by number {register.by_number:.2f}, by name {register.by_name:.2f}"


def dense_lines(points: list[Point]) -> Iterator[str]:
    """A table of what each k gives, as a share of what k = L costs."""
    yield f"{'k':>6} {'F1':>6} {'attention FLOPs':>16} {'all FLOPs':>12}"
    for point in points:
        yield (f"{point.index_topk or 'L':>6} {point.f1:>6.1f} {point.attention_flops:>16.3e} {point.flops:>12.3e}")


def draw(points: list[Point], path: Path) -> None:
    """Answer F1 and FLOPs against k, dense at the right end, as SVG."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    labels = [str(point.index_topk or "L (dense)") for point in points]
    figure, left = plt.subplots(figsize=(7, 3.6), layout="constrained")
    right = left.twinx()
    left.plot(labels, [point.f1 for point in points], "o-", color="#1f5fa8", label="answer F1")
    right.plot(labels, [point.flops / 1e9 for point in points], "s--", color="#b5482a", label="GFLOPs a question")
    right.set_yscale("log")
    left.set(xlabel="index_topk (k)", ylabel="answer F1", ylim=(0, 100))
    right.set_ylabel("GFLOPs a question")
    left.legend(handles=[*left.lines, *right.lines], loc="lower right", frameon=False)
    figure.savefig(path)
