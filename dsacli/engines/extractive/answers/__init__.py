"""What was read, as an answer of the form that was wanted."""
