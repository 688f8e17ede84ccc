"""Libraries on a cluster of Ray: documents are encoded, and shards are scanned, by its machines."""
