"""A prompt as the model was trained to see it: by the chat template of its directory, in a sandbox, or as it is."""

from pathlib import Path
from typing import Any

from dsacli.errors import DsacliError

DEFAULT_TEMPLATE = "{{ messages[0].content }}\n"


def read_chat_template(folder: Path, settings: dict[str, Any]) -> str | None:
    """`chat_template.jinja`, or what `tokenizer_config.json` holds; None for a directory without one."""
    path = folder / "chat_template.jinja"
    try:
        if path.exists():
            return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as failure:
        raise DsacliError(f"{path}: {failure}") from None
    found = settings.get("chat_template")
    if isinstance(found, list):
        named = {each.get("name"): each.get("template") for each in found if isinstance(each, dict)}
        found = named.get("default")
    return found if isinstance(found, str) else None


def render_prompt(template: str | None, document: str, instruction: str, question: str, special: dict[str, str]) -> str:
    """The prompt that ends where the model is to go on.

    `template` sees `messages` (one, of the user: document, instruction, question) and `add_generation_prompt`, as all
    do; one that was made for this program can ask for `documents` (title and text) and the bare `question`.
    Raises DsacliError for a template that does not run.
    """
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def fail(message: str) -> None:
        raise TemplateError(message)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = fail
    try:
        return environment.from_string(template or DEFAULT_TEMPLATE).render(
            messages=[{"role": "user", "content": f"{document}\n\n{instruction}\n{question}".rstrip()}],
            documents=[{"title": "", "text": document}],
            question=question,
            add_generation_prompt=True,
            **special,
        )
    except Exception as failure:  # whatever a template may do
        raise DsacliError(f"the chat template fails: {failure}") from None
