# The command in an image: docker run --rm -v "$PWD:/work:ro" lostwrite check eventlog.json --trail trail
# The base is named by its tag. Pin it by the digest that you pull where a build must be repeatable:
#   docker buildx imagetools inspect python:3.12-slim-bookworm
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements/aws.lock requirements/aws.lock
RUN python -m venv /opt/lostwrite && /opt/lostwrite/bin/python -m pip install --require-hashes -r requirements/aws.lock
COPY pyproject.toml README.md LICENSE ./
COPY analyzer analyzer
COPY grammars grammars
RUN /opt/lostwrite/bin/python -m pip install --no-deps --no-build-isolation .

FROM ${BASE}
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin lostwrite
COPY --from=build /opt/lostwrite /opt/lostwrite
USER 10001
WORKDIR /work
ENTRYPOINT ["/opt/lostwrite/bin/lostwrite"]
CMD ["--help"]
