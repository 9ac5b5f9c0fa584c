"""A reader of a running site: signs up, confirms, gets an issue, leaves; all of it by the site and the mailbox."""

import re
from dataclasses import dataclass

from publisher.mail import Mail, Maildir
from tests.acceptance.site import Running, wait_for

FLASH = '[newsletters.flash]\ntitle = "Flash"\nschedule = "on publish"\n'


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with an address, and the site."""

    process: Running
    email: str

    def sign_up(self, newsletter: str = "flash") -> None:
        """Fill in the form, and follow the link in the mail that comes."""
        form = f"email={self.email.replace('@', '%40')}&newsletters={newsletter}"
        assert self.process.fetch("/subscribe", form=form)[0] == 200
        self._press(self._wait_for_link("confirm"))

    def leave(self) -> None:
        """Press the button behind the link of an issue."""
        self._press(self._wait_for_link("unsubscribe"))

    def _press(self, link: str) -> None:
        assert self.process.fetch(link)[0] == 200
        assert self.process.fetch(link, form="x=x")[0] == 200

    def _wait_for_link(self, route: str) -> str:
        return wait_for(lambda: self._find_link(route), seconds=20)

    def _find_link(self, route: str) -> str:
        links = (re.search(rf"/{route}/[\w.-]+", mail.text) for mail in self._list_mail())
        return next((link[0] for link in links if link), "")

    def _list_mail(self) -> list[Mail]:
        maildir = Maildir(self.process.home.path / "var" / "mailbox")
        return [maildir.get_message(mail.key) for mail in maildir.list_messages() if mail.to == self.email]
