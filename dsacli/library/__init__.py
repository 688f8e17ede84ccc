"""Libraries: many documents encoded once, kept by a name, and asked together."""
