"""A browser of one person, and papers as they are read."""

import pypdfium2
from django.test import Client

from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role

HOME = "/purchasing/tracing/"


class Desk:
    """A browser of one person."""

    def __init__(self, yard, role: Role = Role.PHARMACIST) -> None:
        by = yard.world.workers[role]
        token = worker_token(person=yard.world.people[role], station="desk", at=by.at)
        self.client = Client(headers={"authorization": f"Bearer {token}"})

    def sees(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.content[:400]
        return answer.content.decode()

    def posts(self, path: str, status: int = 302, **typed: object) -> str:
        answer = self.client.post(path, typed)
        assert answer.status_code == status, answer.content[:400]
        return answer.headers.get("Location", "")


def words(raw: bytes) -> str:
    """The text of a paper, page by page."""
    paper = pypdfium2.PdfDocument(raw)
    return "\n".join(page.get_textpage().get_text_range() for page in paper)
