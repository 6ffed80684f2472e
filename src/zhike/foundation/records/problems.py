"""What is wrong with a field: a code in the services, here a sentence that tells how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

FIELD_SENTENCES = {
    "required": _("Please fill this in."),
    "not_an_option": _("Choose one of the options offered."),
    "unknown_field": _("There is no such field."),
    "too_small": _("This number is too small."),
    "too_large": _("This number is too large."),
    "out_of_order": _("These limits stand in order, and this one would pass its neighbour. Change that one first."),
    "all_zero": _("Not all of these weights may be 0: then nothing would be counted. Raise another one first."),
    "too_long": _("This text is too long."),
    "only_for_persons": _("A firm has none. Add the person as a contact instead."),
    "not_a_number": _("Enter a number."),
    "not_a_date": _("Enter a date such as 2026-11-30."),
    "in_future": _("This lies in the future. Enter when it really happened."),
    "in_past": _("This lies in the past. Choose a later time, or leave it empty for now."),
    "masked": _("This is the masked form. Enter the whole value, or leave it out to keep the present one."),
    "no_such_person": _("Choose an active member of staff."),
    "bad_credit_code": _("The unified social credit code has 18 characters; its check character does not match."),
    "bad_id_number": _("The ID number has 18 characters; its check digit does not match."),
    "bad_phone": _("Enter a telephone number, with the area code or country code if it needs one."),
    "bad_email": _("Enter an e-mail address such as name@example.com."),
    "unknown": _("Choose one that exists."),
    "taken": _("This name is taken. Choose another one."),
    "in_the_past": _("This day is over. Choose today or later."),
    "in_a_circle": _("These superiors would stand in a circle. Choose somebody who does not report to this person."),
    "not_oneself": _("Choose somebody else."),
    "before_the_first_day": _("The last day lies before the first one."),
    "posts_lack_it": _("The posts of this person do not include these records. Choose somebody else."),
    "tag_taken": _("There is a tag of this name. Use that one, or choose another name."),
    "tag_retired": _("This tag was retired and is put on nothing new. Leave it out."),
    "too_many_tags": _("These are more tags than one record carries. Take some off."),
    "receiver_needed": _("This person has customers or duties. Choose who takes them over."),
}


def said(problem: str) -> str:
    """``problem`` as a sentence in the active language; what is a sentence already is only translated."""
    return gettext(FIELD_SENTENCES.get(problem, problem))
