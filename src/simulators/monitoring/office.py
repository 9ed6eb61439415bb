"""The programme's desk as a page: what came, what is held, and faults to order."""

from collections.abc import Sequence
from html import escape

from simulators.monitoring.books import Books

LAST = 40


def office_page(books: Books, *, faults: Sequence[str], choices: Sequence[str]) -> bytes:
    """The desk, with a button for each fault; no patient is named on it."""
    rows = "".join(
        f"<tr><td>{escape(control)}<td>{errors_in(said)} refused<td>"
        f"<details><summary>answer</summary><pre>{escape(said.decode('latin-1'))}</pre></details>"
        for control, (_, said) in reversed(list(books.answers.items())[-LAST:])
    )
    buttons = "".join(
        f'<button name="fault" value="{escape(one)}">{escape(one)}</button> ' for one in choices
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Monitoring programme</title>"
        "<style>body{font:15px/1.5 system-ui;margin:2rem;max-width:60rem}"
        "td{border-top:1px solid #ccc;padding:.2rem .8rem .2rem 0}"
        "pre{white-space:pre-wrap}</style>"
        "<h1>Monitoring programme (simulated)</h1>"
        f"<p>{len(books.answers)} files taken, {books.again} told again, {len(books.held)} "
        f"dispensings held, {len(books.zeros)} reports of none.</p>"
        f'<form method=post action="/office/faults">Next file: {buttons}'
        f"<small>ordered: {escape(', '.join(faults)) or 'none'}</small></form>"
        f"<table>{rows}</table>"
    ).encode()


def errors_in(said: bytes) -> int:
    """How many records an answer refuses."""
    return sum(piece.strip().startswith(b"ERR*") for piece in said.split(b"~"))
