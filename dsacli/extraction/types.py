"""The types that a field's value can have; apart from their finders, which take longer to import than to be refused."""

TYPES = ("text", "date", "money", "number", "percent", "email", "phone", "url", "duration")
