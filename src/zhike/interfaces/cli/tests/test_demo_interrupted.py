"""A demo that was killed while it loaded says so, instead of serving half a company."""

from __future__ import annotations

import socket

import pytest
from click.testing import CliRunner

from zhike.customers.services.contact import contact_create
from zhike.foundation.access.people import person_add
from zhike.interfaces.cli.sample_commands import demo, logins_path


@pytest.mark.django_db(transaction=True)
def test_half_a_sample_company_is_refused_with_what_to_do(settings, tmp_path):
    settings.HOME = tmp_path
    person_add(username="half", name="半", post_codes=["legal"], origin="sample")

    told = CliRunner().invoke(demo, ["--no-serve"])

    assert told.exit_code != 0
    assert f"Remove {tmp_path}" in told.output


@pytest.mark.django_db(transaction=True)
def test_a_whole_one_is_kept_and_its_unused_logins_are_printed(settings, tmp_path):
    settings.HOME = tmp_path
    person_add(username="whole", name="整", post_codes=["legal"], origin="sample")
    lines = ("legal\twhole\tsecret-words\t整", "portal\twu@example.com\tother-words\t吴**")
    logins_path().write_text("\n".join(lines) + "\n", encoding="utf-8")

    told = CliRunner().invoke(demo, ["--no-serve"])

    assert told.exit_code == 0, told.output
    assert "login: legal whole secret-words" in told.output
    assert "/portal/ wu@example.com other-words" in told.output


def test_a_port_at_which_something_answers_is_refused_before_anything_is_loaded(settings, tmp_path):
    settings.HOME = tmp_path
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = CliRunner().invoke(demo, ["--port", str(port)])

    assert told.exit_code != 0
    assert f"Something answers at http://localhost:{port} already" in told.output
    assert not logins_path().exists()


@pytest.mark.django_db
def test_a_contact_whose_acceptance_is_under_way_may_sign_in_to_the_portal(settings):
    from zhike.customers.tests.office import opened
    from zhike.interfaces.cli.sample_commands import portal_account
    from zhike.interfaces.portal.services import signed_in_by
    from zhike.onboard.tests.projects import prepared
    from zhike.win.tests.deals import with_more_posts

    office = with_more_posts(opened())
    project = prepared(office)
    assert portal_account([project.customer_id]) == [], "the only contact has neither phone nor e-mail"
    contact_create(
        viewer=office.viewer("seller one"), customer_uid=project.customer.uid, name="贺知秋", phone="13800001234"
    )

    (line,) = portal_account([project.customer_id])

    post, login, password, name = line.split("\t")
    assert (post, name) == ("portal", "贺**")
    account = signed_in_by(login=login, password=password)
    assert account is not None
    assert account.customer_id == project.customer_id
