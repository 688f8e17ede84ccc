from collections.abc import Callable

import pytest

from dsacli.engines.extractive.query import QueryResult, read_question, run_queries


@pytest.fixture(scope="session")
def run_query() -> Callable[..., QueryResult]:
    """Ask one question: model, context, question, index_topk."""

    def ask(model, context, question, index_topk=None):
        return next(run_queries(model, context, [read_question(model, context, question)], index_topk))

    return ask
