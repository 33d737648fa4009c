"""Clients of botocore for the services of AWS that are read, all with the same limits."""

from __future__ import annotations

import threading
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from analyzer.errors import ExtraError, UsageError
from analyzer.sources.endpoint import require_endpoint
from analyzer.sources.s3.answer import S3Error
from analyzer.sources.s3.sender import Sender
from analyzer.sources.s3.words import EXTRA, failure_of

if TYPE_CHECKING:
    from analyzer.sources.s3.settings import S3Settings

_REGION: Final = "us-east-1"


class Sessions:
    """What clients share: the files of botocore are read once, and the chain of credentials is asked once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._of: dict[str | None, Any] = {}

    def of(self, profile: str | None) -> Any:
        """The session of a profile, while the lock is held: one makes one client at a time."""
        import botocore.session

        if profile not in self._of:
            self._of[profile] = botocore.session.Session(profile=profile)
        return self._of[profile]


def client_of(
    service: str,
    settings: S3Settings,
    *,
    region: str | None = None,
    sessions: Sessions | None = None,
    **options: Any,
) -> Any:
    """A client of botocore.

    Args:
        service: as botocore calls it.
        settings: what the user chose, and the limits.
        region: to sign for; None: the chosen one, that of the profile, or us-east-1.
        sessions: those of other clients; None: the client has its own.
        options: more of `botocore.config.Config`.

    Raises:
        ExtraError: botocore is not installed.
        UsageError: the profile, the Region or the endpoint makes no sense.
        S3Error: the configuration of AWS cannot be read.
    """
    try:
        from botocore import UNSIGNED
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ProfileNotFound
    except ImportError as error:
        raise ExtraError(EXTRA) from error
    if settings.endpoint_url is not None:
        require_endpoint(settings.endpoint_url)
    limits = settings.limits
    config = Config(
        connect_timeout=limits.connect,
        read_timeout=limits.silence,
        retries={"total_max_attempts": 1, "mode": "standard"},  # they are made here, for whole answers
        signature_version=None if settings.sign else UNSIGNED,
        **options,
    )
    shared = sessions or Sessions()
    try:
        with shared.lock:
            session = shared.of(settings.profile)
            chosen = region or settings.region or session.get_config_variable("region") or _REGION
            client = session.create_client(
                service, region_name=chosen, endpoint_url=settings.endpoint_url, config=config
            )
            verify = session.get_config_variable("ca_bundle") or True
    except ProfileNotFound as error:
        raise UsageError(f"--profile {settings.profile}: there is no such profile") from error
    except ValueError as error:
        raise UsageError(f"--region {region or settings.region}: {str(error).lower()}") from error
    except BotoCoreError as error:
        raise S3Error(failure_of(error)) from error
    url = urlsplit(client.meta.endpoint_url)
    if url.scheme != "https" and settings.endpoint_url is None and not _is_loopback(url.hostname or ""):
        raise UsageError(
            "the environment or the profile names an endpoint without TLS: give it by --endpoint-url to use it"
        )
    client.meta.events.register(f"before-send.{service}", Sender(limits, verify))
    return client


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
