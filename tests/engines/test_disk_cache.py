import os
import stat
import time
from pathlib import Path

import pytest
import torch

from dsacli.engines import disk_cache as cache_module
from dsacli.engines.disk_cache import ABANDONED_SECONDS, SUFFIX, DiskCache
from dsacli.errors import UsageFailure

TENSORS = {
    "keys": torch.arange(60).reshape(12, 5).to(torch.bfloat16) / 7,
    "ids": torch.arange(-3, 8, dtype=torch.int32),
    "text": torch.frombuffer(bytearray("naïve".encode()), dtype=torch.uint8),
    "cost": torch.tensor([1e300, -0.25], dtype=torch.float64),
    "none": torch.empty(0, 2, dtype=torch.int32),
}


@pytest.fixture
def cache(tmp_path) -> DiskCache:
    return DiskCache(tmp_path / "cache")


@pytest.fixture
def entry(cache) -> Path:
    """The file of an entry saved under "key"."""
    cache.save("key", TENSORS, name="report.pdf", tokens=12)
    return cache.folder / f"key{SUFFIX}"


def same(loaded: dict[str, torch.Tensor] | None, saved: dict[str, torch.Tensor] = TENSORS) -> bool:
    return (
        loaded is not None
        and loaded.keys() == saved.keys()
        and all(loaded[n].dtype == t.dtype and torch.equal(loaded[n], t) for n, t in saved.items())
    )


def listing(cache: DiskCache) -> list[str]:
    return sorted(os.listdir(cache.folder))


def test_every_dtype_comes_back_as_it_was(cache, entry):
    assert same(cache.load("key"))
    assert listing(cache) == [entry.name]


def test_what_nobody_wrote_to_since_it_was_saved_is_not_summed_again(cache, entry, monkeypatch):
    summed, sums = [], cache_module.checksums
    monkeypatch.setattr(cache_module, "checksums", lambda tensors: summed.append(1) or sums(tensors))
    assert all(same(cache.load("key")) for _ in range(3))
    assert len(summed) == (0 if cache_module.is_as_checked(entry) else 3)
    os.utime(entry)
    assert all(same(cache.load("key")) for _ in range(2))
    assert len(summed) == (1 if cache_module.is_as_checked(entry) else 5)


def test_a_byte_flipped_after_the_checksums_held_is_noticed(cache, entry):
    assert same(cache.load("key"))
    data = entry.read_bytes()
    entry.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert cache.load("key") is None and not entry.exists()


def test_an_absent_entry_and_an_absent_folder_are_none(cache):
    assert cache.load("key") is None
    assert list(cache.entries()) == []
    assert cache.clear() == (0, 0)
    cache.save("key", TENSORS, "", 0)
    assert cache.load("other") is None


def test_saving_again_replaces_and_leaves_what_was_loaded_as_it_was(cache, entry):
    before, newer = cache.load("key"), {"ids": torch.zeros(3)}
    cache.save("key", newer, name="newer", tokens=3)
    assert same(cache.load("key"), newer)
    assert cache.clear()[0] == 1
    assert same(before)


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 40, 400, -1])
def test_a_truncated_file_is_removed(cache, entry, kept):
    data = entry.read_bytes()
    entry.write_bytes(data[:kept])
    assert cache.load("key") is None
    assert not entry.exists()


def test_a_file_with_more_at_the_end_is_removed(cache, entry):
    entry.write_bytes(entry.read_bytes() + b"\0")
    assert cache.load("key") is None
    assert not entry.exists()


def test_any_flipped_byte_of_the_data_is_noticed(cache, entry):
    data = entry.read_bytes()
    first = 8 + int.from_bytes(data[:8], "little")
    assert len(data) - first > 100
    for place in range(first, len(data)):
        entry.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        assert cache.load("key") is None, place
        assert not entry.exists()


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80, 0xFF])
def test_a_flipped_byte_of_the_header_gives_none_or_the_tensors(cache, entry, flip):
    """Two thirds of the header are names, of which `load` needs no more than the tensors'."""
    data, refused = entry.read_bytes(), 0
    header = 8 + int.from_bytes(data[:8], "little")
    for place in range(header):
        entry.write_bytes(data[:place] + bytes([data[place] ^ flip]) + data[place + 1 :])
        loaded = cache.load("key")
        assert loaded is None or same(loaded), place
        assert entry.exists() == (loaded is not None)
        refused += loaded is None
    assert refused > header / 2


def test_an_entry_of_another_format_is_removed(cache, monkeypatch):
    monkeypatch.setattr(cache_module, "FORMAT", "0")
    cache.save("key", TENSORS, "", 0)
    assert same(cache.load("key"))
    monkeypatch.undo()
    assert cache.load("key") is None
    assert listing(cache) == []


def test_safetensors_that_no_cache_wrote_are_removed(cache, entry):
    from safetensors.torch import save_file

    for metadata in (None, {"format": cache_module.FORMAT}, {"format": cache_module.FORMAT, "checksums": "[]"}):
        save_file(TENSORS, entry, metadata)
        assert cache.load("key") is None
        assert not entry.exists()


def test_a_directory_in_the_place_of_an_entry_is_no_entry(cache, entry):
    entry.unlink()
    (entry / "inside").mkdir(parents=True)
    assert cache.load("key") is None
    assert list(cache.entries()) == []
    with pytest.raises(OSError):
        cache.save("key", TENSORS, "", 0)
    assert listing(cache) == [entry.name]
    cache.save("other", TENSORS, "", 0)
    assert cache.clear()[0] == 1
    assert cache.load("other") is None


def test_only_the_user_can_read_an_entry(cache):
    mask = os.umask(0)
    try:
        cache.save("key", TENSORS, "", 0)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((cache.folder / f"key{SUFFIX}").stat().st_mode) == 0o600


def test_a_file_in_the_place_of_the_folder_is_an_oserror(tmp_path):
    place = tmp_path / "file"
    place.write_text("mine")
    for folder in (place, place / "below"):
        with pytest.raises(OSError):
            DiskCache(folder).save("key", TENSORS, "", 0)
        assert DiskCache(folder).load("key") is None
    assert place.read_text() == "mine"
    assert os.listdir(tmp_path) == ["file"]


def test_what_was_abandoned_is_removed_once_it_is_old(cache, entry):
    old, young = cache.folder / "a.1.partial", cache.folder / "b.2.partial"
    for path, age in ((old, ABANDONED_SECONDS + 60), (young, ABANDONED_SECONDS - 60)):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age,) * 2)
    cache.save("other", TENSORS, "", 0)
    assert listing(cache) == [young.name, entry.name, f"other{SUFFIX}"]


def test_entries_are_listed_newest_first(cache):
    for key, tokens, age in (("a", 1, 50), ("b", 2, 10), ("c", 3, 90)):
        cache.save(key, TENSORS, name=f"{key}, naïve.pdf", tokens=tokens)
        os.utime(cache.folder / f"{key}{SUFFIX}", (1e9 - age,) * 2)
    (cache.folder / f"junk{SUFFIX}").write_bytes(b"junk")
    (cache.folder / "notes.txt").write_text("mine")
    found = [(e.key, e.name, e.tokens, e.modified) for e in cache.entries()]
    assert found == [
        ("b", "b, naïve.pdf", 2, 1e9 - 10),
        ("a", "a, naïve.pdf", 1, 1e9 - 50),
        ("c", "c, naïve.pdf", 3, 1e9 - 90),
    ]
    assert [e.size_bytes for e in cache.entries()] == [os.path.getsize(cache.folder / f"{k}{SUFFIX}") for k in "bac"]


def test_clear_removes_entries_and_interrupted_writes_and_nothing_else(cache, entry):
    (cache.folder / "key.1.partial").write_bytes(b"half")
    (cache.folder / "notes.txt").write_text("mine")
    size = entry.stat().st_size
    assert cache.clear() == (2, size + 4)
    assert listing(cache) == ["notes.txt"]


def saved(cache: DiskCache, key: str, age: float) -> int:
    """Save an entry that was used `age` seconds ago; returns its bytes."""
    cache.save(key, TENSORS, name=f"{key}.txt", tokens=1)
    path = cache.folder / f"{key}{SUFFIX}"
    os.utime(path, (time.time() - age,) * 2)
    return path.stat().st_size


def test_what_was_used_least_recently_goes_when_the_limit_is_reached(tmp_path):
    size = saved(DiskCache(tmp_path / "one"), "any", 0)
    cache = DiskCache(tmp_path / "cache", limit=3 * size + size // 2)
    for number, age in enumerate((300, 200, 100)):
        saved(cache, f"k{number}", age)
    assert same(cache.load("k0"))
    saved(cache, "k3", 0)
    assert sorted(each.key for each in cache.entries()) == ["k0", "k2", "k3"]


def test_an_entry_that_is_larger_than_the_limit_is_kept_until_the_next(tmp_path):
    cache = DiskCache(tmp_path / "cache", limit=10)
    saved(cache, "old", 50)
    saved(cache, "new", 0)
    assert [each.key for each in cache.entries()] == ["new"]


def test_a_document_is_removed_by_its_name_or_its_path(cache, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for key, name in (("a", "report.pdf"), ("b", str(tmp_path / "report.pdf")), ("c", "other.pdf")):
        cache.save(key, TENSORS, name=name, tokens=1)
    assert cache.remove("./report.pdf")[0] == 2
    assert [each.key for each in cache.entries()] == ["c"]
    assert cache.remove("report.pdf") == (0, 0)


@pytest.mark.parametrize("limit", ["many", "-1", "nan", "1e999"])
def test_a_limit_that_is_no_number_of_gigabytes_is_refused(monkeypatch, limit):
    monkeypatch.setenv("DSACLI_CACHE_LIMIT", limit)
    with pytest.raises(UsageFailure, match="DSACLI_CACHE_LIMIT"):
        cache_module.open_cache()
