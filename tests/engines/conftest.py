"""A document to ask a generative model about."""

import pytest

from tests.engines.generative.conftest import TEXT


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "ferry.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path
