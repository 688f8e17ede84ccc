"""The tensors of a GGUF file under the names, and in the order of rows, that Hugging Face has for them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsacli.errors import DsacliError
from dsacli.models.io.gguf import Entry, Gguf
from dsacli.models.io.gguf_blocks import read_blocks
from dsacli.models.io.tensors import Groups, TensorSource, in_parts

WHOLE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
NAME = re.compile(r"(?:blk\.(0|[1-9]\d{0,5})\.)?(\w+)\.(weight|bias)")
# Types that torch has too.
PLAIN = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
# Numbers that are made from blocks at a time: few enough for little memory, and enough for threads to seldom wait for each other.
NUMBERS_AT_ONCE = 1 << 20


def hugging_face_name(name: str) -> str:
    """The name that Hugging Face has for a tensor; its own where there is none.

    >>> hugging_face_name("blk.3.attn_q.weight")
    'model.layers.3.self_attn.q_proj.weight'
    """
    found = NAME.fullmatch(name)
    if not found:
        return name
    layer, part, kind = found.groups()
    known = (WHOLE if layer is None else LAYER).get(part)
    if known is None:
        return name
    return f"{known}.{kind}" if layer is None else f"model.layers.{layer}.{known}.{kind}"


class GgufTensors(TensorSource):
    """All tensors of a file; `rope_freqs.weight` and what else has no other name keep the file's.

    heads: how many heads' rows llama.cpp has put in its own order, of "q_proj" and of "k_proj"; empty where it has not.
    Raises DsacliError for names that come to the same.
    """

    def __init__(self, file: Gguf, heads: dict[str, int]):
        self.file, self.heads = file, heads
        self._names: dict[str, str] = {}
        for stored in file.tensors:
            name = hugging_face_name(stored)
            if name in self._names:
                raise DsacliError(f"{file.path}: tensors {self._names[name]} and {stored} are the same")
            self._names[name] = stored
        self.files = dict.fromkeys(self._names, file.path)

    @property
    def place(self) -> Path:
        """The file."""
        return self.file.path

    def shape(self, name: str) -> list[int]:
        """The shape of a tensor, unread."""
        return list(self._entry(name).shape)

    def kind(self, name: str) -> str:
        """ggml's name of the type that a tensor is stored in: "Q4_K"."""
        return self._entry(name).kind.name

    def raw(self, name: str) -> NDArray[np.uint8]:
        """The bytes of a tensor, [rows, bytes of a row], in the order of rows that `tensor` has."""
        entry = self._entry(name)
        found = np.frombuffer(self.file.stored(self._names[name]), np.uint8).reshape(-1, entry.row_bytes)
        return found if len(entry.shape) < 2 else self._in_order(name, found)

    def tensor(self, name: str, dtype: torch.dtype, block: tuple[int, int] | None = None) -> torch.Tensor:
        """A tensor in `dtype`: a view of the file where it is stored so, else made from its blocks."""
        entry = self._entry(name)
        if entry.kind.name in PLAIN:
            plain = torch.frombuffer(self.file.stored(self._names[name]), dtype=PLAIN[entry.kind.name])
            return self._in_order(name, plain.view(entry.shape).to(dtype))
        out, stored = torch.empty(entry.shape, dtype=dtype), self.raw(name)
        rows = out.view(len(stored), -1)

        def fill(low: int, high: int) -> None:
            groups = read_blocks(entry.kind.name, stored[low:high])
            if dtype == torch.float32:
                groups.numbers(rows[low:high])
            else:
                rows[low:high] = groups.numbers()

        in_parts(len(stored), max(1, NUMBERS_AT_ONCE // entry.shape[-1]), fill)
        return out

    def groups(self, name: str) -> Callable[[int, int], Groups] | None:
        """As `TensorSource.groups`."""
        kind = self.kind(name)
        if kind in PLAIN:
            return None
        stored = self.raw(name)
        return lambda low, high: read_blocks(kind, stored[low:high])

    def _entry(self, name: str) -> Entry:
        return self.file.tensors[self._names[name]]

    def _in_order(self, name: str, value: Any) -> Any:
        """Rows, of an array or a tensor, in the order that Hugging Face has them.

        One angle turns the numbers i and i + dim / 2 of a head. llama.cpp's "llama" wants the two beside each other,
        so the rows [heads, 2, dim / 2] that make them are stored as [heads, dim / 2, 2].
        """
        heads = self.heads.get(name.split(".")[-2]) if "." in name else None
        if heads is None:
            return value
        if len(value) % (2 * heads):
            raise DsacliError(f"{self.place}: tensor {name} has {len(value)} rows, for {heads} heads")
        return value.reshape(heads, -1, 2, *value.shape[1:]).swapaxes(1, 2).reshape(value.shape)
