"""How the next token is chosen."""

import torch

from dsacli.models.generate import Sampling, choose


def test_sampling_draws_from_the_smallest_set_that_reaches_top_p():
    logits = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()
    drawing = torch.Generator().manual_seed(1)
    seen = {choose(logits, Sampling(1, 1.0, 0.7), drawing)[0] for _ in range(200)}
    assert seen == {0, 1}
    assert choose(logits, Sampling(1, 5.0, 0.0), drawing)[0] == 0
    assert {choose(logits, Sampling(1, 1.0), drawing)[0] for _ in range(500)} == {0, 1, 2, 3}
