"""Files, folders and stdin into documents: text, pages, sections and sentences. No tensors here."""

from dsacli.documents.document import Document, Page, Section
from dsacli.documents.sources import expand_paths, load_documents, parse, read_source

__all__ = ["Document", "Page", "Section", "expand_paths", "load_documents", "parse", "read_source"]
