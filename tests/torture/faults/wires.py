"""X06, X09 and X10: connections that are cut, slow, silent or full of garbage."""

import ssl
from functools import partial

from tests.torture.acts import Act, End, Form, NowAndThen, Rule, Step
from tests.torture.ground import write_settings
from tests.torture.play import Scene, fault
from tests.torture.relay import Offer
from tests.torture.session import GARBLED_TLS
from tests.torture.stage import wait_for
from tests.unit.test_mail_connection import IDENTITY

_GARBAGE = b"\x16\x03\x01\x00 no such protocol \xff\xfe\r\n"
_HURRIED = 100.0  # a time limit of ten minutes takes six seconds
# What is struck, how the relay acts there, and how many of those it strikes may be in doubt.
_CUTS: dict[str, tuple[Step, Act, bool]] = {
    "at connecting": (Step.CONNECT, Act(end=End.CUT), False),
    "at MAIL": (Step.MAIL, Act(end=End.CUT), False),
    "at RCPT": (Step.RCPT, Act(end=End.CUT), False),
    "at DATA": (Step.DATA, Act(end=End.CUT), False),
    "in the content": (Step.CONTENT, Act(end=End.CUT), True),
    "after the dot, taken": (Step.DOT, Act(end=End.CUT, is_taken=True), True),
    "after the dot, not taken": (Step.DOT, Act(end=End.CUT, is_taken=False), True),
    "between messages": (Step.LATER, Act(end=End.CUT), False),
}
_SILENT = {
    "at MAIL": (Step.MAIL, Act(end=End.HANG), False),
    "at DATA": (Step.DATA, Act(end=End.HANG), False),
    "in the content": (Step.CONTENT, Act(end=End.HANG), True),
    "at the dot, taken": (Step.DOT, Act(end=End.HANG, is_taken=True), True),
    "at the dot, not taken": (Step.DOT, Act(end=End.HANG, is_taken=False), True),
}
_GARBLED = {
    "at connecting": (Step.CONNECT, Act(raw=_GARBAGE), False),
    "at MAIL": (Step.MAIL, Act(raw=_GARBAGE), False),
    "at RCPT": (Step.RCPT, Act(raw=_GARBAGE), False),
    "at DATA": (Step.DATA, Act(raw=_GARBAGE), False),
    "for the dot, taken": (Step.DOT, Act(raw=_GARBAGE, is_taken=True), True),
    "for the dot, not taken": (Step.DOT, Act(raw=_GARBAGE, is_taken=False), True),
    "between messages": (Step.LATER, Act(raw=_GARBAGE), False),
}


def _strike(scene: Scene, *, step: Step, act: Act, is_doubt: bool, haste: float = 0, most: int = 6) -> None:
    offer = Offer(pipelining=scene.dice.random() < 0.7)
    with scene.stage(offer=offer) as stage:
        rule = NowAndThen(step, act, scene.dice, of=1 if step is Step.CONNECT else 6, most=most)
        stage.relay.behave(rule)
        if haste:
            workers = [stage.start(seat=seat, haste=haste) for seat in range(2)]
            stage.wait_until_still()
            for worker in workers:
                stage.end(worker)
        stage.finish(workers=2)
        scene.expect(rule.struck, f"nothing was struck at {step}")
        # With pipelining, the content of one and the envelope of the next are on the wire together.
        scene.note(stage, most_doubtful=len(rule.struck) * (1 if is_doubt or offer.pipelining else 0))


for _name, (_step, _act, _is_doubt) in _CUTS.items():
    fault("X06", f"cut {_name}", is_short=_name == "after the dot, taken")(
        partial(_strike, step=_step, act=_act, is_doubt=_is_doubt)
    )
for _name, (_step, _act, _is_doubt) in _SILENT.items():
    fault("X09", f"silent {_name}")(partial(_strike, step=_step, act=_act, is_doubt=_is_doubt, haste=_HURRIED, most=3))
for _name, (_step, _act, _is_doubt) in _GARBLED.items():
    fault("X10", f"garbage {_name}")(partial(_strike, step=_step, act=_act, is_doubt=_is_doubt))


@fault("X09", "a reply byte by byte, slowly")
def crawl(scene: Scene) -> None:
    with scene.stage() as stage:
        steps = (Step.CONNECT, Step.MAIL, Step.RCPT, Step.DATA, Step.DOT)
        rules: list[Rule] = [NowAndThen(step, Act(form=Form.SLOW), scene.dice, of=8, most=1) for step in steps]
        stage.send_and_finish(*rules)
        scene.note(stage)


@fault("X10", "a TLS handshake that is cut, or answered by garbage")
def break_handshakes(scene: Scene) -> None:
    folder = scene.ground.make_folder()
    identity = folder / "identity.pem"
    identity.write_text(IDENTITY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    with scene.stage(offer=Offer(tls=context)) as stage:
        write_settings(stage.home, port=stage.relay.ports[0], connections=4, url=stage.url, tls="starttls")
        rule = NowAndThen(Step.TLS, Act(), scene.dice, of=1, most=1000)
        stage.relay.behave(rule)
        for rule.act in (Act(end=End.CUT), Act(reply=GARBLED_TLS), Act(reply="454 4.7.0 not now")):
            rule.struck.clear()
            worker = stage.start(environment={"SSL_CERT_FILE": str(identity)})
            wait_for(lambda: len(rule.struck) > 1, seconds=30, what="a handshake")
            stage.end(worker)
            scene.expect(not stage.relay.taken, "mail went out over a broken handshake")
        stage.relay.behave()
        worker = stage.start(environment={"SSL_CERT_FILE": str(identity)})
        stage.wait_until_still()
        stage.end(worker)
        scene.note(stage)
