"""The stage: one real server, a day of deploys that were run on it, SST's home, trails, and a proxy that counts.

Everything is put there by boto3, straight to the server; what is gathered comes through the proxy. Truth is the
model's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.collect.stage.answers import Control
from tests.collect.stage.delivered import Delivered, Trail, deliver
from tests.collect.stage.proxy import Proxy, proxy_before
from tests.collect.stage.state import PARAMETER, State, parameter, state_of
from tests.collect.stage.story import HOUR, NOW, Story
from tests.ministack import credentials_of, serving
from tests.world.trail import ACCOUNT
from tests.world.truth import Truth, truths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.world.scenario import Scenario


@dataclass(repr=False)
class Stage:
    """What stands on the server.

    Attributes:
        url: the proxy's: what `--endpoint-url` is given.
        now: when the evidence is gathered.
        store: the ARN of the store of both stages.
        buckets: what each trail has delivered, by the name of its bucket.
        shown: trails of the account itself, as the server knows them.
    """

    server: str
    proxy: Proxy
    story: Story
    world: Scenario
    state: State
    buckets: dict[str, Delivered] = field(default_factory=dict)
    shown: list[Trail] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.proxy.url

    @property
    def now(self) -> datetime:
        return self.story.at(NOW / HOUR)

    @property
    def store(self) -> str:
        return self.story.stores[0]

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A client of the server itself: what it does is not counted."""
        return boto3.client(service, region_name=region, endpoint_url=self.server)

    def show(self, *trails: Trail) -> list[Delivered]:
        """These are the account's trails from now on, and the proxy forgets what was; gives what they delivered."""
        while self.shown:
            trail = self.shown.pop()
            self.client("cloudtrail", trail.home).delete_trail(Name=trail.name)
        for trail in trails:
            if trail.bucket not in self.buckets:
                self.buckets[trail.bucket] = deliver(self.world, trail)
                self.buckets[trail.bucket].put(self.client("s3", trail.home))
            assert self.buckets[trail.bucket].trail == trail, "each trail has a bucket of its own here"
            if not trail.organisation:
                self._make(trail)
                self.shown.append(trail)
        self.proxy.clear()
        self.proxy.now = self.now
        self.proxy.rules.append(Control(self.story.base, list(trails)))
        return [self.buckets[trail.bucket] for trail in trails]

    def truths(self, *names: str) -> list[Truth]:
        """The fates of the writes of these deploys; without names, of all."""
        deploys = [self.story.names[name] for name in names]
        return [truth for truth in truths(self.world) if not names or truth.deploy in deploys]

    def _make(self, trail: Trail) -> None:
        client = self.client("cloudtrail", trail.home)
        kms = {"KmsKeyId": trail.kms} if trail.kms else {}
        prefix = {"S3KeyPrefix": trail.prefix.removesuffix("/")} if trail.prefix else {}
        client.create_trail(
            Name=trail.name,
            S3BucketName=trail.bucket,
            IsMultiRegionTrail=trail.multi_region,
            EnableLogFileValidation=True,
            **kms,
            **prefix,
        )
        kind = "AdvancedEventSelectors" if "FieldSelectors" in trail.selectors[0] else "EventSelectors"
        client.put_event_selectors(TrailName=trail.name, **{kind: list(trail.selectors)})
        client.start_logging(Name=trail.name)
        if trail.stopped is not None:
            client.stop_logging(Name=trail.name)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage with the day's home, and no trails yet: `show` some."""
    folder = tmp_path_factory.mktemp("stage")
    with (
        credentials_of(ACCOUNT, folder),
        serving(folder, MINISTACK_ACCOUNT_ID=ACCOUNT) as server,
    ):
        story = Story(server)
        world = story.told()
        state = state_of(world, story.names)
        with proxy_before(server) as proxy:
            made = Stage(server, proxy, story, world, state)
            state.put(made.client("s3"))
            made.client("ssm").put_parameter(Name=PARAMETER, Value=parameter(), Type="String")
            yield made
