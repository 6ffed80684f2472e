"""The Chinese that stands in the tree reaches the people who read it."""

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation

from tools import messages


@pytest.fixture(scope="module", autouse=True)
def started():
    if not apps.ready:
        pytest.skip("Django does not start yet")
    messages.compile_all()


def test_every_catalogue_is_where_django_looks():
    looked_at = {f"{app.path}/locale" for app in apps.get_app_configs()} | set(map(str, settings.LOCALE_PATHS))

    unread = [messages._short(path) for path in messages.catalogue_paths() if str(path.parents[2]) not in looked_at]

    assert not unread, "list the part in INSTALLED_APPS"


@pytest.mark.parametrize("path", messages.catalogue_paths(), ids=messages._short)
def test_message_is_shown_as_it_is_written(path):
    with translation.override("zh-hans"):
        shown = {
            message.id: (translation.gettext(message.id), message.string)
            for message in messages._entries(path)
            if isinstance(message.id, str) and message.context is None and message.string
        }

    assert {text: pair for text, pair in shown.items() if pair[0] != pair[1]} == {}
