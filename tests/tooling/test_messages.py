"""The check of translations finds what a reader would stumble over."""

import pytest

from tools import messages

HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A package of one room with one message in Python and one in a template."""
    source = tmp_path / "src" / "zhike"
    (source / "serve" / "templates" / "serve").mkdir(parents=True)
    (source / "policies").mkdir()
    (source / "serve" / "words.py").write_text('from x import gettext as _\n\nsaid = _("Hello {name}")\n')
    (source / "serve" / "templates" / "serve" / "page.html").write_text(
        "{% load i18n %}{% blocktranslate trimmed count n=n %}{{ n }} ticket{% plural %}{{ n }} tickets"
        '{% endblocktranslate %}<h1>{% translate "Desk" %}</h1>'
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "SOURCE", source)
    return source


GOOD = """msgid "Hello {name}"
msgstr "{name},您好"

msgid "Desk"
msgstr "服务台"

msgid "%(n)s ticket"
msgid_plural "%(n)s tickets"
msgstr[0] "%(n)s 张工单"
"""


def write(source, body):
    path = source / "serve" / messages.LOCALE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + body, encoding="utf-8")
    return path


def test_complete_catalogue_passes(tree):
    write(tree, GOOD)

    assert messages.check() == []


def test_message_without_catalogue_is_named_with_its_place(tree):
    wrong = messages.check()

    assert "src/zhike/serve/words.py:3: no Chinese for 'Hello {name}'" in wrong
    assert len(wrong) == 3


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('msgstr "服务台"', 'msgstr ""', "empty"),
        ('msgstr "{name},您好"', 'msgstr "您好"', "placeholders ['{name}'] became []"),
        ('msgstr[0] "%(n)s 张工单"', 'msgstr[0] "张工单"', "placeholders ['%(n)s'] became []"),
        ('msgid "Desk"', '#, fuzzy\nmsgid "Desk"', "fuzzy"),
        ('msgid "Desk"', 'msgid "Counter"', "nothing uses it any more"),
    ],
)
def test_flaw_in_the_catalogue_is_found(tree, before, after, complaint):
    write(tree, GOOD.replace(before, after))

    assert any(complaint in sentence for sentence in messages.check())


def test_message_may_stand_in_the_catalogue_of_another_part(tree):
    write(tree, GOOD.replace('msgid "Desk"\nmsgstr "服务台"\n', ""))
    elsewhere = tree / "interfaces" / "web" / messages.LOCALE
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text(HEADER + 'msgid "Desk"\nmsgstr "服务台"\n', encoding="utf-8")

    assert messages.check() == []


def test_two_parts_may_not_translate_the_same_message_differently(tree):
    write(tree, GOOD)
    elsewhere = tree / "interfaces" / "web" / messages.LOCALE
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text(HEADER + 'msgid "Desk"\nmsgstr "书桌"\n', encoding="utf-8")

    assert any("another Chinese than in" in sentence for sentence in messages.check())


def test_update_adds_what_is_missing_to_the_catalogue_of_its_part(tree):
    write(tree, GOOD.replace('msgid "Desk"\nmsgstr "服务台"\n', ""))

    added = messages.update()

    assert added == 1
    assert messages.check() == ["src/zhike/serve/locale/zh_Hans/LC_MESSAGES/django.po: empty: 'Desk'"]


def test_policy_text_in_one_language_is_found(tree):
    write(tree, GOOD)
    (tree / "policies" / "serve.toml").write_text('[clock.hours]\nvalue = 1\ntitle = { zh = "小时" }\n')

    assert messages.check() == ["src/zhike/policies/serve.toml: clock.hours.title: no text in en"]


def test_compile_writes_what_gettext_reads_and_only_once(tree):
    import gettext

    path = write(tree, GOOD)

    assert messages.compile_all() == 1
    assert messages.compile_all() == 0
    with path.with_suffix(".mo").open("rb") as handle:
        assert gettext.GNUTranslations(handle).gettext("Desk") == "服务台"
