"""X07, X08 and lies: replies that refuse, close, differ by recipient, come twice, in pieces, or say what is not so."""

from functools import partial

from publisher.domain.delivery import Status
from publisher.domain.issue import Status as IssueStatus
from tests.torture.acts import Act, Form, NowAndThen, Rule, Step, always, for_people, once_each
from tests.torture.play import Scene, fault
from tests.torture.relay import Offer

_CLOSING = Act(reply="421 4.3.2 closing now")
_REFUSED = (Status.FAILED, Status.SUPPRESSED)
_PHASES = {
    Step.CONNECT: "at connecting",
    Step.HELLO: "to EHLO",
    Step.MAIL: "to MAIL",
    Step.RCPT: "to RCPT",
    Step.DATA: "to DATA",
    Step.CONTENT: "in the content",
    Step.DOT: "at the dot",
    Step.LATER: "unasked, between messages",
}


def _close(scene: Scene, *, step: Step) -> None:
    with scene.stage(offer=Offer(pipelining=scene.dice.random() < 0.7)) as stage:
        of = 1 if step in (Step.CONNECT, Step.HELLO) else 5
        rule = NowAndThen(step, _CLOSING, scene.dice, of=of, most=8)
        stage.send_and_finish(rule)
        scene.expect(rule.struck, f"nothing was struck at {step}")
        # A reply in the middle of the content is none to the dot: nobody can know.
        is_open = step in (Step.CONTENT, Step.LATER)
        scene.note(stage, most_doubtful=len(rule.struck) if is_open else 0)


for _step, _name in _PHASES.items():
    fault("X07", f"421 {_name}", is_short=_step is Step.LATER)(partial(_close, step=_step))


def _mix(scene: Scene, *, offer: Offer) -> None:
    """Unknown, busy and accepted recipients in turn, and one that our sender is refused for."""
    with scene.stage(people=100, offer=offer) as stage:
        unknown, busy = set(stage.people[::5]), set(stage.people[1::5])
        denied = {stage.people[2]}
        stage.send_and_finish(
            for_people(Step.RCPT, unknown, Act(reply="550 5.1.1 no such user")),
            for_people(Step.RCPT, denied, Act(reply="550 5.7.1 not wanted here")),
            once_each(Step.RCPT, busy, Act(reply="450 4.2.0 greylisted, come again")),
        )
        scene.note(stage, excused=dict.fromkeys(unknown | denied, _REFUSED))
        wrong = {email for email, status in stage.statuses().items() if status in _REFUSED} - unknown - denied
        scene.expect(not wrong, f"{len(wrong)} were failed for what was somebody else's")
        scene.expect(unknown.isdisjoint(stage.relay.copies()), "a refused recipient was mailed")


fault("X08", "mixed answers to RCPT", is_short=True)(partial(_mix, offer=Offer()))
fault("X08", "mixed answers, and a 354 without a recipient")(partial(_mix, offer=Offer(is_strict=False)))
fault("X08", "mixed answers, without pipelining")(partial(_mix, offer=Offer(pipelining=False)))


@fault("X08", "DATA refused after an accepted RCPT")
def refuse_data(scene: Scene) -> None:
    with scene.stage(people=100) as stage:
        odd, busy = {stage.people[7]}, set(stage.people[1::4])
        stage.send_and_finish(
            for_people(Step.DATA, odd, Act(reply="554 5.3.4 too odd")),
            once_each(Step.DATA, busy - odd, Act(reply="451 4.3.0 not now")),
            once_each(Step.DOT, set(stage.people[2::4]) - odd, Act(reply="452 4.3.1 full")),
        )
        scene.note(stage, excused=dict.fromkeys(odd, _REFUSED))


@fault("X08", "everybody refused: the issue is paused, mended and resumed")
def refuse_everybody(scene: Scene) -> None:
    with scene.stage() as stage:
        reply = scene.dice.choice(("554 5.7.1 Relay access denied", "550 5.1.1 no such user", "530 5.7.0 log in"))
        stage.send_and_finish(always(Step.RCPT, Act(reply=reply)))
        scene.expect(stage.issue_status() is IssueStatus.PAUSED, f"everybody was refused, and it is {stage.count()}")
        stage.relay.behave()
        stage.call("issues", "resume", stage.issue.id)
        stage.finish()
        scene.note(stage)


_FORMS: dict[str, tuple[Form, tuple[Step, ...]]] = {
    "replies byte by byte": (Form.SPLIT, (Step.CONNECT, Step.HELLO, Step.MAIL, Step.RCPT, Step.DATA, Step.DOT)),
    "replies to MAIL and RCPT twice": (Form.TWICE, (Step.MAIL, Step.RCPT)),
    "the 354 twice": (Form.TWICE, (Step.DATA,)),
    "the last reply twice": (Form.TWICE, (Step.DOT,)),
}


def _deform(scene: Scene, *, form: Form, steps: tuple[Step, ...]) -> None:
    with scene.stage() as stage:
        rare = [NowAndThen(step, Act(form=form), scene.dice, of=5, most=4) for step in steps]
        rules: list[Rule] = [*rare]
        if form is Form.SPLIT:
            rules = [always(step, Act(form=form)) for step in steps]
        stage.send_and_finish(*rules)
        # A reply too many belongs to nothing: what is on the wire with it may be in doubt.
        strikes = sum(len(rule.struck) for rule in rare)
        scene.note(stage, most_doubtful=strikes)


for _words, (_form, _steps) in _FORMS.items():
    fault("lies", _words, is_short=_form is Form.SPLIT)(partial(_deform, form=_form, steps=_steps))


@fault("lies", "250, and nothing is kept")
def keep_nothing(scene: Scene) -> None:
    """What the relay answers for and loses is its own loss: the ledger holds its word, and mails nobody again."""
    with scene.stage() as stage:
        rule = NowAndThen(Step.DOT, Act(is_taken=False), scene.dice, of=4, most=12)
        stage.send_and_finish(rule)
        scene.expect(rule.struck, "no lie was told")
        lied = [
            email for email, status in stage.statuses().items() if email in rule.struck and status is not Status.SENT
        ]
        scene.expect(not lied, f"{len(lied)} accepted messages were not taken for sent")
        scene.note(stage)
