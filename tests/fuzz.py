"""Mutated inputs through the real ingestion: each is a document or one clear line, in time and within memory.

    python tests/fuzz.py [--count 10000] [--seed 0] [--seconds 10] [SEEDS...]

SEEDS are files or folders (default: tests/cases and sample_docs). What fails is kept in tests/failures, where a test tries it again.
"""

import argparse
import hashlib
import random
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

from dsacli.documents import parse
from dsacli.errors import DsacliError

HERE = Path(__file__).resolve().parent
FAILURES = HERE / "failures"
# Bytes that a parser may have to take for something.
TOKENS = [b"\0", b"\xff", b"\n", b"\r\n", b"<", b">", b"&#", b"{", b"}", b"[", b"]", b'"', b",", b"=?utf-8?q?", b"%%EOF", b"endobj", b"stream",
          b"/Length 99999999", b"<!ENTITY a '&a;'>", b"\\u0000", b"PK\x03\x04", b"-->", b"|", b"\x1b[2J", b"9" * 400, b"(" * 400, b"<a>" * 400]  # fmt: skip


class TooLong(BaseException):
    """The time is up. No handler of a parser takes it for damage to its file."""


def mutated(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """One to eight changes: bytes flipped, taken out, put in, repeated, cut off, or from another file."""
    for _ in range(rng.randint(1, 8)):
        low, high = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
        high = min(high, low + rng.choice((1, 4, 64, 4096)))
        match rng.randrange(7):
            case 0:
                data = data[:low] + bytes(b ^ 1 << rng.randrange(8) for b in data[low:high]) + data[high:]
            case 1:
                data = data[:low] + data[high:]
            case 2:
                data = data[:low] + rng.choice(TOKENS) + data[low:]
            case 3:
                data = data[:high] + data[low:high] * rng.choice((1, 3, 50)) + data[high:]
            case 4 if rng.random() < 0.3:
                data = data[: max(1, low)]
            case 5:
                start = rng.randint(0, len(other))
                data = data[:low] + other[start : start + high - low] + data[high:]
            case _:
                data = data[:low] + rng.randbytes(high - low) + data[high:]
    return data or b" "


def outcome(name: str, data: bytes, seconds: int) -> str | None:
    """None where a document came out or one line said why not, else what was wrong."""

    def too_long(number: int, frame: object) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(seconds)
    try:
        document = parse(name, data)
        document.sentences()
    except DsacliError as refused:
        return None if "\n" not in str(refused) and str(refused).startswith(name) else f"said {str(refused)!r}"
    except TooLong:
        return f"took more than {seconds} s"
    except Exception:
        return traceback.format_exc()
    finally:
        signal.alarm(0)
    return None


def seeds_in(paths: list[Path]) -> list[Path]:
    """The files that are named, and those in the folders."""
    found = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
    return [
        file
        for file in found
        if file.is_file() and file.suffix not in (".jsonl", ".py") and file.stat().st_size < 1 << 20
    ]


def main() -> int:
    """Run them all; returns how many failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("seeds", nargs="*", type=Path, default=[HERE / "cases", HERE.parent / "sample_docs"])
    given = parser.parse_args()
    rng, files = random.Random(given.seed), seeds_in(given.seeds)
    failed, began, slowest = 0, time.monotonic(), (0.0, "")
    for number in range(given.count):
        file, other = rng.choice(files), rng.choice(files)
        data = mutated(rng, file.read_bytes(), other.read_bytes())
        name, start = f"fuzz{file.suffix}", time.monotonic()
        wrong = outcome(name, data, given.seconds)
        slowest = max(slowest, (time.monotonic() - start, f"{file.name}, number {number}"))
        if wrong:
            failed += 1
            FAILURES.mkdir(exist_ok=True)
            kept = FAILURES / f"{hashlib.sha256(data).hexdigest()[:12]}{file.suffix}"
            kept.write_bytes(data)
            print(f"{kept.name}: {wrong}", file=sys.stderr)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) >> 10
    print(
        f"{given.count:,} inputs from {len(files)} files in {time.monotonic() - began:.0f} s: {failed} failed; "
        f"slowest {slowest[0]:.1f} s ({slowest[1]}); peak memory {peak:,} MB"
    )
    return failed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
