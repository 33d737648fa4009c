"""A server that speaks S3, for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.s3.endpoint import Endpoint, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_settings_of_aws(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No profile and no endpoint of this machine."""
    from os import environ

    for name in [name for name in environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    nothing = str(tmp_path_factory.getbasetemp() / "none")
    monkeypatch.setenv("AWS_CONFIG_FILE", nothing)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", nothing)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def _loader() -> object:
    """The models of botocore, read once for all tests."""
    from botocore.loaders import create_loader

    return create_loader()


@pytest.fixture(autouse=True)
def _models_are_read_once(monkeypatch: pytest.MonkeyPatch, _loader: object) -> None:
    monkeypatch.setattr("botocore.loaders.create_loader", lambda *_, **__: _loader)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running(Endpoint()) as server:
        yield server
