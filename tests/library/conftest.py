"""A few documents to make libraries of, and what is asked of them."""

import pytest

TEXTS = {
    "ferry.txt": "The ferry Skua was built at Leith in 1974 by Robert Munro.\n\nShe carries 212 passengers across the sound in forty minutes.",
    "pier.md": "# The pier\n\nThe stone pier at Kilbride was designed by Agnes Dunlop.\n\nIt was finished in the autumn of 1893.",
    "bridge.txt": "The swing bridge over the Tarrow weighs 340 tons.\n\nIt was opened on 4 May 1921 by the mayor, Tobias Finch.",
    "light.txt": "The lighthouse on Rona Point burned paraffin until 1958.\n\nIts last keeper was Morag Sinclair, who left in 1971.",
}
ASKED = {
    "Who built the ferry Skua?": "Robert Munro",
    "Who designed the pier at Kilbride?": "Agnes Dunlop",
    "How much does the swing bridge weigh?": "340 tons",
    "Who was the last keeper of the lighthouse?": "Morag Sinclair",
}


@pytest.fixture(autouse=True)
def libraries(tmp_path, monkeypatch):
    """The folder of the libraries of one test."""
    monkeypatch.setenv("DSACLI_LIBRARIES", str(tmp_path / "libraries"))
    return tmp_path / "libraries"


@pytest.fixture
def harbour(tmp_path):
    """A folder of documents."""
    folder = tmp_path / "harbour"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def small_shards(monkeypatch):
    """Two documents of the harbour to a shard."""
    from dsacli.library import build

    monkeypatch.setattr(build, "SHARD_TOKENS", 60)
