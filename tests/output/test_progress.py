"""Bars on stderr: none stays behind."""

from dsacli.output.progress import Bars


def test_a_bar_that_was_broken_off_goes_before_the_result_is_shown(capsys):
    bars = Bars(quiet=False, verbose=False)
    bars.prefill("part 2 of 3", 100, 4000)
    assert bars.progress.tasks
    bars.written()
    assert not bars.tasks and not bars.progress.tasks
    bars.prefill("part 2 of 3", 100, 4000)
    assert len(bars.progress.tasks) == 1
    assert not capsys.readouterr().out
