"""Proofs are read from the tests as they are written."""

import json

import pytest
from click.testing import CliRunner

from zhike.interfaces.cli import requirements_command as command


@pytest.fixture
def tree(tmp_path):
    """A source tree with one test file in each of the two places."""
    room = tmp_path / "src" / "zhike" / "retain" / "tests"
    room.mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    return tmp_path


def written(tree, text):
    (tree / "tests" / "test_some.py").write_text("import pytest\n" + text, encoding="utf-8")
    return command.proofs(tree)


def test_a_mark_on_a_function_is_a_proof(tree):
    found = written(tree, '@pytest.mark.requirement("RET-04", proof="rule")\ndef test_limit(): ...\n')

    assert found == [command.Proof("RET-04", "rule", "tests/test_some.py::test_limit")]


def test_a_mark_may_name_several_rows_and_stand_on_a_class_or_the_file(tree):
    found = written(
        tree,
        'pytestmark = pytest.mark.requirement("SEC-08", proof="rule")\n'
        '@pytest.mark.requirement("RET-01", "RET-02", proof="user")\n'
        "class TestDesk:\n    def test_shown(self): ...\n",
    )

    assert {(p.code, p.kind) for p in found} == {("SEC-08", "rule"), ("RET-01", "user"), ("RET-02", "user")}


def test_a_mark_with_a_name_of_its_own_counts_for_each_test_that_wears_it(tree):
    found = written(
        tree,
        'USER = pytest.mark.requirement("PLAT-12", proof="user")\n'
        "@USER\ndef test_one(): ...\n@USER\nclass TestMore:\n    def test_two(self): ...\n",
    )

    assert [(p.code, p.kind, p.where.rpartition("::")[2]) for p in found] == [
        ("PLAT-12", "user", "test_one"), ("PLAT-12", "user", "test_two"),
    ]  # fmt: skip


def test_other_marks_and_helpers_prove_nothing(tree):
    assert written(tree, "@pytest.mark.slow\ndef test_slow(): ...\ndef helper(): ...\n") == []


@pytest.mark.parametrize("mark", ['"RET-99", proof="rule"', '"RET-04", proof="luck"', '"RET-04"'])
def test_a_row_or_a_kind_that_does_not_exist_is_named(tree, mark):
    with pytest.raises(command.MarkFault, match=r"test_some\.py::test_limit"):
        written(tree, f"@pytest.mark.requirement({mark})\ndef test_limit(): ...\n")


def test_every_row_of_the_catalogue_has_a_code_of_its_own_and_both_languages():
    rows = command.catalogue()

    assert len({row.code for row in rows}) == len(rows) == 206
    assert all(row.zh and row.en for row in rows)


def test_every_mark_of_this_tree_names_a_row_of_the_catalogue():
    assert command.proofs(command.source_tree())


def test_the_summary_counts_a_row_once_and_a_user_proof_before_a_rule():
    rows = [command.Row(f"X-{n}", "", "") for n in range(4)]
    found = [command.Proof("X-0", "user", ""), command.Proof("X-0", "rule", ""), command.Proof("X-1", "rule", "")]

    assert command.summary(found, rows, "en") == "4 rows: 1 proved as a user, 1 by rule only, 2 by nothing yet."


def test_machines_get_json():
    result = CliRunner().invoke(command.requirements, ["--json"])

    assert result.exit_code == 0
    assert set(json.loads(result.output)["rows"]["RET-04"]) == {"user", "rule"}
