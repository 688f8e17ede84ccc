"""What a question to encoded documents will cost, before one is asked."""

from dsacli.engines.extractive.account import element_bytes, shape_of
from dsacli.engines.extractive.encode import EncodedContext
from dsacli.engines.options import Options
from dsacli.engines.results import TYPICAL_QUESTION, InspectResult, facts_of
from dsacli.engines.savings import Cost
from dsacli.reader.loading import ReaderModel

TYPICAL_RUN = 256


def inspect(model: ReaderModel, context: EncodedContext, options: Options = Options()) -> InspectResult:
    """Describe a context. The figures are computed from shapes; nothing is run."""
    shape, size = shape_of(model.reader), element_bytes(model.reader)
    selected = min(options.index_topk or model.reader.config.index_topk, len(context))
    runs = -(-selected // TYPICAL_RUN)
    read = selected + runs * (TYPICAL_QUESTION + 1)
    return InspectResult(
        tuple(
            facts_of(each, len(each.passages) - 1, each.index_keys.numel() * each.index_keys.element_size())
            for each in context.documents
        ),
        selected,
        Cost(
            shape.dense_flops(TYPICAL_QUESTION, len(context)),
            shape.query_flops(TYPICAL_QUESTION, len(context), selected, runs),
        ),
        Cost(
            shape.dense_memory(TYPICAL_QUESTION + len(context), size),
            shape.sparse_memory(len(context), read, size),
        ),
        context.document_pass,
    )
