"""What is computed in, and that one variable says so."""

import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from dsacli.dsa import dtype
from dsacli.dsa.dtype import VARIABLE, fastest_dtype, forced_dtype
from dsacli.errors import UsageFailure
from dsacli.reader.encoding import index_queries
from dsacli.reader.loading import load_model
from dsacli.training.attention import mixed_precision


@pytest.mark.parametrize("device", ["cpu", "cuda", "cuda:1", "mps"])
@pytest.mark.parametrize(("name", "forced"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)])
def test_the_variable_forces_either_on_every_device(monkeypatch, device, name, forced):
    monkeypatch.setenv(VARIABLE, name)
    for fast in (False, True):
        monkeypatch.setattr(dtype, "prefers_bfloat16", lambda device, fast=fast: fast)
        assert fastest_dtype(device) == forced


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize(("fast", "expected"), [(False, torch.float32), (True, torch.bfloat16)])
def test_without_it_the_hardware_decides(monkeypatch, value, fast, expected):
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    monkeypatch.setattr(dtype, "prefers_bfloat16", lambda device, fast=fast: fast)
    assert fastest_dtype("cpu") == expected


@pytest.mark.parametrize("wins", [False, True])
@pytest.mark.parametrize(("avx512", "amx"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_cpu_prefers_bfloat16_with_amx_or_where_avx512_is_faster_in_it(monkeypatch, avx512, amx, wins):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx, raising=False)
    monkeypatch.setattr(dtype, "_wins_race", lambda: wins)
    assert dtype.multiplies_bfloat16("cpu") == (avx512 or amx)
    assert dtype.prefers_bfloat16("cpu") == (amx or (avx512 and wins))


def test_the_race_takes_milliseconds_and_is_run_once():
    dtype._wins_race.cache_clear()
    start = time.perf_counter()
    first = dtype._wins_race()
    assert time.perf_counter() - start < 2
    assert dtype._wins_race() is first and dtype._wins_race.cache_info().misses == 1


@pytest.mark.parametrize("value", ["float16", "bf16", "BFLOAT16", " ", "bfloat16 "])
def test_any_other_value_is_refused_with_both_choices(monkeypatch, value):
    monkeypatch.setenv(VARIABLE, value)
    for ask in (forced_dtype, lambda: fastest_dtype("cpu")):
        with pytest.raises(UsageFailure, match=r"^DSACLI_DTYPE is .*; choose float32 or bfloat16") as failure:
            ask()
        assert repr(value) in str(failure.value) and "\n" not in str(failure.value)


def test_what_is_forced_is_known_without_torch():
    code = "import sys, dsacli.dsa.dtype as d; d.forced_dtype(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.precision("float32", "bfloat16")
def test_everything_computes_in_it(precision):
    reader = load_model().reader
    assert {value.dtype for value in reader.parameters()} == {precision}
    assert {part.dtype for part in index_queries(reader, [np.array([2040, 2328], np.int32)])} == {precision}
    with mixed_precision("cpu"):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == precision
