"""What commands print does nothing to a terminal, whatever an article holds."""

import pytest

from publisher.cli.output import print_table, say


def test_said_text_can_not_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("red \x1b[31m and \u202eturned\n\nnext")
    assert capsys.readouterr().out == "red \ufffd[31m and \ufffdturned\n\nnext\n"


def test_table_can_not_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("title",), [("\x1b]0;owned\x07 [bold]",)])
    assert capsys.readouterr().out.split("\n")[1].strip() == "\ufffd]0;owned\ufffd [bold]"
