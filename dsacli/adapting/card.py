"""What an adapter was made of and measured with, for people: the file beside it."""

from dsacli.adapting.adapt import Adapted


def card(adapted: Adapted, model: str, documents: str, index_topk: int) -> str:
    """Markdown."""
    dense, by_keys, by_adapter = adapted.losses
    indexers, updates = adapted.adapter.indexers, adapted.adapter.updates
    trained, indexer = len(indexers), next(iter(indexers.values()))
    weights = "The model's weights are as they were."
    by_indexers = []
    if adapted.before is not None:
        rank = next(iter(updates.values())).lora_A.out_features
        weights = (
            f"Then the second stage, sparse training (the same), in {adapted.steps} steps: low-rank updates of attention's weights "
            f"(LoRA, rank {rank}), to predict what the model predicts that attends to everything; the indexers learned on."
        )
        by_indexers = [
            f"| by the indexers alone, before weights were trained | {adapted.before:.4f} | {adapted.before - dense:+.4f} |"
        ]
    rows = [
        f"| {number} | {100 * each.by_keys:.1f} | {100 * each.by_indexer:.1f} | "
        f"{'-' if each.by_layer_before is None else f'{100 * each.by_layer_before:.1f}'} | {each.lost:+.4f} | "
        f"{'selects' if number in indexers else 'attends to all'} |"
        for number, each in enumerate(adapted.layers)
    ]
    return "\n".join(
        [
            f"# Index adapter of {model}",
            "",
            f"Lightning indexers of {trained} layers, with {indexer.weights_proj.out_features} heads and keys of "
            f"{indexer.wk.out_features} numbers, trained by the dense warm-up (DeepSeek-V3.2-Exp report, 2.1.1) on "
            f"{adapted.texts} texts of {adapted.tokens:,} tokens of {documents}. {weights} `dsacli models adapt` took "
            f"{adapted.seconds / 60:.0f} minutes.",
            "",
            f"Measured on another text of {adapted.tokens:,} tokens of the same documents, with {index_topk:,} tokens selected:",
            "",
            "| | loss, nats a token | above dense |",
            "| --- | --- | --- |",
            f"| dense attention | {dense:.4f} | |",
            f"| by the model's own keys, without training | {by_keys:.4f} | {by_keys - dense:+.4f} |",
            *by_indexers,
            f"| by this adapter | {by_adapter:.4f} | {by_adapter - dense:+.4f} |",
            "",
            "Percent of each layer's dense attention that goes to what is selected, and what is lost, in nats a token of a text that was "
            "trained on, where one layer alone selects, after the warm-up:",
            "",
            "| layer | by its own keys | by its indexer after the warm-up | by what the layer before selects | lost | |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )
