from collections.abc import Callable

import pytest

from dsacli.engines.extractive.query import QueryResult, run_queries


@pytest.fixture(scope="session")
def run_query() -> Callable[..., QueryResult]:
    """Ask one question: model, context, question, index_topk."""
    return lambda model, context, question, index_topk=None: next(run_queries(model, context, [question], index_topk))
