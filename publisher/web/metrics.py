"""`/metrics` for Prometheus: what the ledger holds and what this process has done; for this machine and those allowed.

The only home of prometheus_client.
"""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response

from publisher import __version__
from publisher.app import App
from publisher.clock import now
from publisher.domain.alert import What
from publisher.domain.guard import Kind, Obstacle
from publisher.domain.push import HubState
from publisher.errors import PublisherError
from publisher.jobs import guarding, holding, pushing
from publisher.jobs.counting import Counting, Holdings
from publisher.tally import Tally, Work
from publisher.web.guards import is_from, is_local
from publisher.web.readers import say
from publisher.web.state import get_state


def show_metrics(request: Request) -> Response:
    """GET /metrics; 404 for strangers, and for whatever came through a proxy."""
    if not is_local(request) and not is_from(request, get_state(request).app.settings.web.metrics_allow):
        return say(request, "Not found", "There is no such page.", status=404)
    registry: CollectorRegistry = request.app.state.metrics
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(registry), headers={"content-type": media_type, "cache-control": "no-store"})


def build_registry(app: App) -> CollectorRegistry:
    """All that is shown of an app and its process."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    registry.register(_Numbers(app))
    return registry


class _Numbers(Collector):
    """Our own numbers, read anew at each scrape; a ledger that can't be read leaves the process's."""

    def __init__(self, app: App) -> None:
        self._app, self._tally, self._counting = app, app.tally, Counting(app)
        self._relays = tuple(app.settings.relays)

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("publisher_build", "The version that runs.", value={"version": __version__})
        yield from _describe_tally(self._tally)
        yield _describe_relays(self._tally, self._relays)
        held = len(holding.list_held(self._app))
        yield GaugeMetricFamily("publisher_feeds_held", "Feeds whose newest build our checks hold back.", value=held)
        try:
            holdings, obstacle = self._counting.take(now=now()), guarding.look(self._app)
            hubs = pushing.list_hubs(self._app)
        except PublisherError:
            yield GaugeMetricFamily("publisher_ledger_up", "Whether the ledger can be read.", value=0)
            return
        yield GaugeMetricFamily("publisher_ledger_up", "Whether the ledger can be read.", value=1)
        yield from _describe_holdings(holdings)
        yield _describe_obstacle(obstacle)
        yield from _describe_hubs(hubs)


def _describe_tally(tally: Tally) -> Iterator[Metric]:
    yield _count("publisher_requests", "Requests answered.", tally.requests, labels=("route", "class"))
    yield _count("publisher_relay_answers", "Relays' answers to messages.", tally.answers, labels=("relay", "class"))
    yield from _describe_work("publisher_feed_build", "Bringing the public files up to date", tally.feed_builds)
    yield from _describe_work("publisher_folder_look", "Looking at the folder", tally.folder_looks)


def _describe_relays(tally: Tally, relays: Iterable[str]) -> Metric:
    family = GaugeMetricFamily("publisher_relay_up", "Whether this process can use a relay.", labels=("relay",))
    for relay in relays:
        family.add_metric((relay,), (What.RELAY, relay) not in tally.ills)
    return family


def _describe_work(name: str, what: str, work: Work) -> Iterator[Metric]:
    yield SummaryMetricFamily(
        f"{name}_seconds", f"{what}: how often, and for how long.", count_value=work.count, sum_value=work.seconds
    )
    yield CounterMetricFamily(f"{name}_failures", f"{what}: how often it failed.", value=work.failures)
    if work.done_at:
        when = work.done_at.timestamp()
        yield GaugeMetricFamily(f"{name}_success_timestamp_seconds", f"{what}: when it last went well.", value=when)


def _describe_holdings(holdings: Holdings) -> Iterator[Metric]:
    yield _gauge("publisher_articles", "Articles in the ledger.", holdings.articles.items())
    yield GaugeMetricFamily("publisher_seeds_in_review", "Seeds that wait for an editor.", holdings.seeds_in_review)
    yield _gauge("publisher_issues", "Issues in the ledger.", holdings.issues.items())
    yield _gauge("publisher_deliveries", "Deliveries in the ledger.", holdings.deliveries.items())
    yield _gauge("publisher_notices", "Notices in the ledger.", holdings.notices.items())
    alerts = GaugeMetricFamily(
        "publisher_alerts", "Troubles that somebody was told of and that last.", labels=("what",)
    )
    for what, number in holdings.alerts.items():
        alerts.add_metric((what,), number)
    yield alerts
    subscriptions = GaugeMetricFamily("publisher_subscriptions", "Subscriptions.", labels=("newsletter", "state"))
    for newsletter, numbers in holdings.subscriptions.items():
        for state, number in numbers.items():
            subscriptions.add_metric((newsletter, state), number)
    yield subscriptions


def _describe_obstacle(obstacle: Obstacle | None) -> Metric:
    what = "Whether something keeps mail from going out, by what it is."
    family = GaugeMetricFamily("publisher_sending_held_back", what, labels=("reason",))
    for kind in Kind:
        family.add_metric((kind.value,), int(obstacle is not None and obstacle.kind is kind))
    return family


def _gauge(name: str, what: str, numbers: Iterable[tuple[str, int]]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=("state",))
    for state, number in numbers:
        family.add_metric((state,), number)
    return family


def _count(name: str, what: str, numbers: Mapping[tuple[str, str], int], *, labels: tuple[str, str]) -> Metric:
    family = CounterMetricFamily(name, what, labels=labels)
    for values, number in dict(numbers).items():  # its writers go on meanwhile
        family.add_metric(values, number)
    return family


def _describe_hubs(hubs: Iterable[HubState]) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("publisher_hub_waiting", "Documents that a hub is to be told of.", labels=("hub",))
    up = GaugeMetricFamily("publisher_hub_up", "Whether a hub takes what it is told.", labels=("hub",))
    for hub in hubs:
        waiting.add_metric((hub.hub,), hub.waiting)
        up.add_metric((hub.hub,), not hub.failing_since)
    yield from (waiting, up)
