"""A real assistant's side: the SDK's own client, over standard input and output of a server process of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from django.conf import settings
from mcp import Client, MCPError, StdioServerParameters

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.kit import clock
from zhike.foundation.outbox.tests.processes import SOURCE, database_url
from zhike.interfaces.api import tokens

Call = Callable[..., Any]


def secret_of(person: Person, **options: Any) -> str:
    """A token of the person, whose first password is replaced."""
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    day = clock.today() + timedelta(days=30)
    viewer = viewer_of(Person.objects.select_related("department").get(pk=person.pk))
    return tokens.token_create(viewer=viewer, name="assistant", expires_on=day, **options)[1]


def environment(secret: str) -> dict[str, str]:
    """What the server process is given: the database of the test, and the token."""
    given = {
        "PYTHONPATH": os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")]),
        "ZHIKE_ENV": "test",
        "ZHIKE_DATABASE_URL": database_url(),
        "ZHIKE_HOME": str(settings.HOME),
        "ZHIKE_TOKEN": secret,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }
    return given | {name: os.environ[name] for name in ("ZHIKE_CLOCK_FILE", "ZHIKE_KEY_DIR") if name in os.environ}


@contextmanager
def assistant(secret: str, program: str = "") -> Iterator[Assistant]:
    """Somebody's assistant at work; ``program`` takes the place of ``zhike mcp``."""
    arguments = ["-c", program] if program else ["-m", "zhike.interfaces.cli.main", "mcp"]
    server = StdioServerParameters(command=sys.executable, args=arguments, env=environment(secret))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(server)) as client:
        yield Assistant(client, portal.call)


class Assistant:
    """Calls tools as a host of an assistant does."""

    def __init__(self, client: Any, run: Call) -> None:
        self.client, self._run = client, run

    def tools(self) -> dict[str, Any]:
        """What the server offers, by name."""
        return {tool.name: tool for tool in self._run(self.client.list_tools).tools}

    def call(self, name: str, **arguments: Any) -> Any:
        """The data of a call that must succeed."""
        answer = self._run(partial(self.client.call_tool, name, arguments))
        assert not answer.is_error, answer.content[0].text
        return answer.structured_content

    def refused(self, name: str, **arguments: Any) -> tuple[str, str]:
        """Code and words of a call that must be refused."""
        answer = self._run(partial(self.client.call_tool, name, arguments))
        assert answer.is_error, answer.structured_content
        return answer.structured_content["code"], answer.content[0].text

    def lost(self, name: str, **arguments: Any) -> None:
        """A call during which the server dies."""
        with pytest.raises(MCPError, match="closed"):
            self._run(partial(self.client.call_tool, name, arguments))
