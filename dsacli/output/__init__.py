"""Results for people and for scripts."""

# Of every JSON object. Raised when a key goes or means something else; keys may be added without.
SCHEMA_VERSION = 1
