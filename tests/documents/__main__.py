"""`python -m tests.documents`: make the parts of the documents anew that are made from the program."""

from __future__ import annotations

from tests.documents.files import made_files

if __name__ == "__main__":
    for path, text in made_files().items():
        path.write_text(text, encoding="utf-8")
