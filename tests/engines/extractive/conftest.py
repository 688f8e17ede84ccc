from collections.abc import Callable

import pytest

from dsacli.engines.extractive.query import Queries, QueryResult, read_question


@pytest.fixture(scope="session")
def run_query() -> Callable[..., QueryResult]:
    """Ask one question: model, context, question, index_topk."""

    def ask(model, context, question, index_topk=None):
        return Queries(model, context, [read_question(model, context, question)], index_topk).read(0)

    return ask
