"""Saves that are killed, or that run out of space, in processes of their own."""

import multiprocessing
import os
import time
from contextlib import suppress
from itertools import cycle

import pytest
import torch

from dsacli.engines.disk_cache import ABANDONED_SECONDS, SUFFIX, DiskCache

resource = pytest.importorskip("resource", reason="signals and limits of POSIX")
MEGABYTE = 1 << 20
SMALL = {"number": torch.ones(1)}


def numbered(number: int) -> dict[str, torch.Tensor]:
    """An entry of 16 MB that says which one it is at both ends and all the way between."""
    return {"number": torch.full((1,), number), "filled": torch.full((4 * MEGABYTE,), number, dtype=torch.int32)}


def save_for_ever(folder, key) -> None:
    torch.set_num_threads(1)
    for number in range(1_000_000):
        DiskCache(folder).save(key, numbered(number), name="", tokens=number)


def save_beyond_the_limit(folder, outcome) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (MEGABYTE, MEGABYTE))
    try:
        DiskCache(folder).save("key", numbered(1), name="", tokens=1)
        outcome.put("saved")
    except OSError:
        outcome.put("OSError")


@pytest.fixture(scope="module")
def processes():
    """Processes that start at once: a server that has imported torch forks them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "dsacli.engines.disk_cache"])
    return context


def kill_while_saving(processes, folder, key: str, changes: int) -> None:
    """Kill a process that saves for ever when so many changes were seen in the folder, a few for every save."""
    process = processes.Process(target=save_for_ever, args=(folder, key))
    seen = sizes(folder)
    process.start()
    while process.is_alive() and changes > 0:
        time.sleep(0.0005)
        before, seen = seen, sizes(folder)
        changes -= seen != before
    process.kill()
    process.join()
    assert process.exitcode == -9


def unfinished(folder) -> list[str]:
    names = os.listdir(folder) if folder.exists() else []
    return [name for name in names if not name.endswith(SUFFIX)]


def sizes(folder) -> dict[str, int]:
    """Bytes of every file by its name."""
    found = {}
    for name in os.listdir(folder) if folder.exists() else []:
        with suppress(FileNotFoundError):
            found[name] = os.path.getsize(folder / name)
    return found


def intact(tensors: dict[str, torch.Tensor]) -> bool:
    return tensors["filled"].numel() == 4 * MEGABYTE and bool((tensors["filled"] == tensors["number"]).all())


def killed_saves(processes, folder) -> tuple[DiskCache, list[str]]:
    """A cache and its keys after kills in first and in later saves, until three of them met one amid its writing."""
    cache, moments = DiskCache(folder), cycle(range(2, 14, 3))
    keys, interrupted, left = [], 0, 0
    while interrupted < 3:
        assert len(keys) < 60, "no kill met a save that was under way"
        keys.append(f"key{len(keys)}")
        kill_while_saving(processes, folder, keys[-1], next(moments))
        left, before = len(unfinished(folder)), left
        interrupted += left > before
    return cache, keys


@pytest.fixture(scope="module")
def killed(processes, tmp_path_factory):
    return killed_saves(processes, tmp_path_factory.mktemp("killed") / "cache")


def test_a_killed_save_leaves_the_entry_before_it_or_none(killed):
    cache, keys = killed
    loaded = [cache.load(key) for key in keys]
    assert all(tensors is None or intact(tensors) for tensors in loaded)
    for key, tensors in zip(keys, loaded):
        assert (cache.folder / f"{key}{SUFFIX}").exists() == (tensors is not None)


def test_the_next_save_works_and_what_was_abandoned_goes_when_it_is_old(killed):
    cache, keys = killed
    left = unfinished(cache.folder)
    assert left
    for key in keys:
        cache.save(key, SMALL, name="", tokens=1)
        assert torch.equal(cache.load(key)["number"], SMALL["number"])
    assert sorted(unfinished(cache.folder)) == sorted(left), "these could still be in writing"
    for name in left:
        os.utime(cache.folder / name, (time.time() - ABANDONED_SECONDS - 60,) * 2)
    cache.save("key", SMALL, name="", tokens=1)
    assert unfinished(cache.folder) == []


def test_clear_leaves_nothing_of_killed_saves(processes, tmp_path):
    cache, _ = killed_saves(processes, tmp_path / "cache")
    assert unfinished(cache.folder)
    cache.clear()
    assert os.listdir(cache.folder) == []


def test_a_disk_that_takes_no_more_is_an_oserror_and_leaves_nothing(processes, tmp_path):
    cache = DiskCache(tmp_path / "cache")
    cache.save("key", SMALL, name="", tokens=1)
    outcome = processes.SimpleQueue()
    process = processes.Process(target=save_beyond_the_limit, args=(cache.folder, outcome))
    process.start()
    process.join(600)
    assert process.exitcode == 0
    assert outcome.get() == "OSError"
    assert os.listdir(cache.folder) == [f"key{SUFFIX}"]
    assert torch.equal(cache.load("key")["number"], SMALL["number"])
