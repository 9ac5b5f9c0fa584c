"""The sign before a first paragraph is told and taken off."""

import pytest

from publisher.ingest.clippings.leads import has_lead_sign, without_lead_sign


@pytest.mark.parametrize(
    ("text", "left"), [("► Un texte", "Un texte"), ("**► Un** texte", "**Un** texte"), ("Un ► texte", "Un ► texte")]
)
def test_lead_sign_goes_from_the_front(text: str, left: str) -> None:
    assert without_lead_sign(text) == left
    assert has_lead_sign(text) == (text != left)
