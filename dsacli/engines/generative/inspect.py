"""What a question to a generative model will cost, computed from its shapes: no weights are loaded."""

from typing import Any

from dsacli.engines.context import Context
from dsacli.engines.options import Options
from dsacli.engines.results import TYPICAL_QUESTION, InspectResult, Tokenwise, facts_of
from dsacli.engines.savings import Cost, DocumentPass
from dsacli.models.io.model import DecoderModel

TYPICAL_ANSWER = 32


def inspect(model: DecoderModel, context: Context[Any], options: Options) -> InspectResult:
    """Describe a context, and what a question to it costs, dense attention and DSA."""
    cost, topk = model.config.cost(model.dtype.itemsize), options.index_topk or model.config.index_topk
    first, last = len(context), len(context) + TYPICAL_QUESTION + TYPICAL_ANSWER
    written = cost.output * TYPICAL_ANSWER
    token = len(context) - 1
    return InspectResult(
        tuple(facts_of(document) for document in context.documents),
        min(topk, len(context)),
        Cost(cost.prefill_flops(first, last, None) + written, cost.prefill_flops(first, last, topk) + written),
        Cost(cost.read_bytes(token, None), cost.read_bytes(token, topk)),
        DocumentPass(len(context), 0, cost.prefill_flops(0, len(context), topk), 0.0),
        Tokenwise(
            Cost(cost.prefill_flops(0, first, None), cost.prefill_flops(0, first, topk)),
            Cost(cost.token_flops(token, None) + cost.output, cost.token_flops(token, topk) + cost.output),
            Cost(cost.kept_bytes, cost.kept_bytes + cost.key_bytes),
        ),
    )
