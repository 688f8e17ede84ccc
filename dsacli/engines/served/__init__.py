"""The engine on a model that a server of the user's runs, spoken to as OpenAI's are."""
