"""dsacli: read documents of up to a million tokens with a local DeepSeek Sparse Attention model."""

__version__ = "0.1.0"
