"""Files, folders and stdin into documents: text, pages, sections and sentences. No tensors here."""

from dsacli.documents.document import Document, Page, Section
from dsacli.documents.sources import Reading, Source, load_documents, parse

__all__ = ["Document", "Page", "Reading", "Section", "Source", "load_documents", "parse"]
