"""What is kept on this machine, for people and scripts; without rich, which takes longer than the listing."""

import dataclasses
import json
import sys
import time
from collections.abc import Sequence

from dsacli.engines.disk_cache import CacheEntry
from dsacli.output import SCHEMA_VERSION
from dsacli.output.units import size
from dsacli.plain import printable


def show_cache(entries: Sequence[CacheEntry], as_json: bool) -> None:
    """The entries of the cache."""
    if as_json:
        for entry in entries:
            about = {"schema_version": SCHEMA_VERSION, "task": "cache", **dataclasses.asdict(entry)}
            print(json.dumps(about, ensure_ascii=False))
        return
    for entry in entries:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.modified))
        # A document has words; what has no tokens are a model's weights.
        what = f"{entry.tokens:,} tokens" if entry.tokens else "weights"
        print(f"{when}  {what:>17}  {size(entry.size_bytes):>9}  {printable(entry.name)}")
    if not entries:
        print("the cache is empty", file=sys.stderr)
