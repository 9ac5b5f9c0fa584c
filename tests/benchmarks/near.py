"""An issue into smtp-sink on this machine: where processor and disk are the limit."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks import contenders, signing, tools
from tests.benchmarks.contenders import OursSent, Sent
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.benchmarks.paper import Paper, open_paper
from tests.benchmarks.relays import sink

PEOPLE, FEW, CONNECTIONS = 50_000, 6_000, 16
MEMORY = Aim(sense=Sense.MOST, bound=250, of_ratio=False)
FLAT = Aim(sense=Sense.MOST, bound=1.1)
_CALIBRATION = 2_000
_SIGNING_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A client beside ours: what part of the people it sends to (a rate is a rate), and our least ratio to it."""

    name: str
    part: float
    send: Callable[[int], Sent]
    bound: float | None = None


def measure(options: Options) -> Iterator[Figure]:
    """Ours beside each rival in the same rounds, unsigned; then signed, beside the signatures that a core can make."""
    people = options.people or (FEW if options.is_quick else PEOPLE)
    with (
        tempfile.TemporaryDirectory() as name,
        sink(Path(name)) as port,
        open_paper(options, people=people) as paper,
        open_paper(Options(), people=1) as pattern,
    ):
        rivals = [*list_rivals(port, is_quick=options.is_quick), make_unkept(pattern, port)]
        acts: list[Callable[[], Sent]] = [lambda: send_ours(paper, port)]
        acts += [partial(one.send, int(people * one.part)) for one in rivals]
        rounds = take_turns(options.rounds, *acts)
        ours = [one for one in rounds[0] if isinstance(one, OursSent)]
        yield from _compare(ours, rivals, rounds[1:], kept=options.kept)
        yield from _describe(ours, people=people)
        if obstacle := signing.find_obstacle():
            tools.say_missing("send with DKIM", obstacle)
            return
        yield from _sign(options, paper, port)


def send_ours(paper: Paper, port: int, *, env: Mapping[str, str] | None = None) -> OursSent:
    """An issue over CONNECTIONS."""
    return contenders.send_ours(paper, port, connections=CONNECTIONS, env=env)


def list_rivals(port: int, *, is_quick: bool) -> list[Rival]:
    """The clients that can be measured here."""
    threads = contenders.find_best_threads(port, messages=_CALIBRATION // (4 if is_quick else 1))

    def send_source(messages: int) -> Sent:
        return contenders.send_source(port, messages=messages, connections=CONNECTIONS)

    def send_threads(messages: int) -> Sent:
        return contenders.send_threads(port, messages=messages, threads=threads)

    def send_lanes(messages: int) -> Sent:
        return contenders.send_lanes(port, messages=messages, connections=CONNECTIONS, is_built=True)

    def send_pool(messages: int) -> Sent:
        return contenders.send_pool(port, messages=messages, connections=CONNECTIONS)

    rivals = [
        Rival(name="smtp-source", part=1, send=send_source, bound=1),
        Rival(name=f"smtplib, {threads} threads", part=0.4, send=send_threads),
        Rival(name="aiosmtplib, an EmailMessage each", part=0.1, send=send_lanes, bound=10),
    ]
    try:
        tools.find_nodemailer()
    except tools.MissingToolError as missing:
        tools.say_missing("nodemailer", f"install {missing.package}")
        return rivals
    return [*rivals, Rival(name="nodemailer's pool, composing", part=0.2, send=send_pool, bound=8)]


def make_unkept(pattern: Paper, port: int) -> Rival:
    """Ours without a ledger, which is not to be much faster: the ledger costs less than a quarter."""
    pattern.freeze()

    def send_unkept(messages: int) -> Sent:
        return contenders.send_unkept(pattern.home, port, messages=messages, connections=CONNECTIONS)

    return Rival(name="ours without a ledger", part=1, send=send_unkept, bound=0.75)


def _compare(
    ours: Sequence[OursSent], rivals: Sequence[Rival], rounds: Sequence[Sequence[Sent]], *, kept: str
) -> Iterator[Figure]:
    for rival, theirs in zip(rivals, rounds, strict=True):
        yield Figure(
            what=f"send: mails, {CONNECTIONS} connections, 20 KB, {kept}",
            unit="/s",
            ours=tuple(one.rate for one in ours),
            reference=tuple(one.rate for one in theirs),
            beside=rival.name,
            aim=Aim(sense=Sense.LEAST, bound=rival.bound) if rival.bound else None,
        )
        yield compare_cpu("send: processor a mail", ours, theirs, beside=rival.name)
    yield Figure(
        what="send: mails by the whole command, its start included",
        unit="/s",
        ours=tuple(one.whole for one in ours),
        reference=tuple(one.rate for one in rounds[0]),
        beside=rivals[0].name,
    )


def compare_cpu(what: str, ours: Sequence[Sent], theirs: Sequence[Sent], *, beside: str) -> Figure:
    """What a message costs both: the one figure that a busy machine hardly moves."""
    return Figure(
        what=what,
        unit="µs",
        ours=tuple(one.cpu for one in ours),
        reference=tuple(one.cpu for one in theirs),
        beside=beside,
    )


def _describe(ours: Sequence[OursSent], *, people: int) -> Iterator[Figure]:
    yield Figure(what="send: peak memory", unit="MB", ours=tuple(one.peak for one in ours), aim=MEMORY)
    yield compare_memory("send: memory in the last quarter", ours)
    yield Figure(what="send: mails that a commit records", unit="", ours=tuple(one.rows_a_commit for one in ours))
    yield Figure(what=f"send: freezing {people:,} deliveries", unit="s", ours=tuple(one.freeze for one in ours))


def compare_memory(what: str, ours: Sequence[OursSent]) -> Figure:
    """The most of the last quarter beside the median of the first: whether memory grows with what was sent."""
    return Figure(
        what=what,
        unit="MB",
        ours=tuple(one.late for one in ours),
        reference=tuple(one.early for one in ours),
        beside="in the first quarter",
        aim=FLAT,
    )


def _sign(options: Options, paper: Paper, port: int) -> Iterator[Figure]:
    signing.check()
    env = signing.signed(paper.home.path)
    seconds = _SIGNING_SECONDS / (4 if options.is_quick else 1)
    rounds = [(send_ours(paper, port, env=env), signing.sign_raw(seconds=seconds)) for _ in range(options.rounds)]
    yield Figure(
        what=f"send: mails with RSA DKIM, {options.kept}",
        unit="/s",
        ours=tuple(ours.rate for ours, _ in rounds),
        reference=tuple(raw.rate for _, raw in rounds),
        beside="raw signatures by one core",
        aim=Aim(sense=Sense.LEAST, bound=0.75),
    )
    yield Figure(
        what="send: processor a mail with RSA DKIM",
        unit="µs",
        ours=tuple(ours.cpu for ours, _ in rounds),
        reference=tuple(raw.cpu for _, raw in rounds),
        beside="a raw signature",
    )
    peaks = tuple(ours.peak for ours, _ in rounds)
    yield Figure(what="send: peak memory with RSA DKIM", unit="MB", ours=peaks, aim=MEMORY)
