"""The built-in reader's model directory, shipped with the package."""

from pathlib import Path

BUILT_IN = Path(__file__).parent
