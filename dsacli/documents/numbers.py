"""Page numbers in words."""

from collections.abc import Sequence


def page_list(numbers: Sequence[int], total: int) -> str:
    """Pages by their numbers, runs of them by their ends, and how many they are of all where they are several.

    >>> page_list([2, 3, 4, 9], 21)
    '4 of 21 pages (2–4, 9)'
    >>> page_list([7], 7)
    'page 7'
    """
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return f"{len(numbers)} of {total} pages ({', '.join('–'.join(map(str, run)) for run in runs)})"
