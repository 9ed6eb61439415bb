import pytest
from django.db import connection
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_whoever_watches_the_house_need_not_sign_in(path: str) -> None:
    assert Client().get(path).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "status"), [("/health/live", 200), ("/health/ready", 503), ("/metrics", 200)]
)
def test_the_watch_is_answered_while_the_database_is_down(path: str, status: int) -> None:
    host = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        assert Client().get(path).status_code == status
    finally:
        connection.close()
        connection.settings_dict["HOST"] = host


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health", "/health/live/", "/metrics/all"])
def test_only_the_very_pages_of_the_watch_stand_open(path: str) -> None:
    assert Client(raise_request_exception=False).get(path).status_code != 200
