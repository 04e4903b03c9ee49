# syntax=docker/dockerfile:1
#
# The images of exo-jobs, a target each:
#
#   emulator   `exo-emulator`: Entra ID and Exchange Online for tests. Port 8443 answers over TLS; /var/lib/exo-emulator
#              holds the CA and sample credentials that clients need, so mount a volume there.
#
#     docker build --target emulator -t exo-emulator .
#     docker run --rm --read-only -p 127.0.0.1:8443:8443 -v "$PWD/state:/var/lib/exo-emulator" exo-emulator
#
# Where the public base image cannot be had, give another: it needs a `python3` of 3.11 or newer on PATH.
# The build image needs `pip` too. `tools/images` makes both from Debian's packages, without a registry or a daemon:
#
#     tools/images emulator
#
# Build arguments:
#   BASE_IMAGE, BUILD_IMAGE   what the image runs on, and what builds it
#   VERSION, REVISION         for the labels
#   PIP_CERT                  a CA file in the build, for networks that inspect TLS; it does not reach the image
ARG BASE_IMAGE=docker.io/library/python:3.13-slim-bookworm
ARG BUILD_IMAGE=${BASE_IMAGE}

# ---------------------------------------------------------------- what is installed, built once
FROM ${BUILD_IMAGE} AS build
ARG PIP_CERT
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
# The build backend first: it changes least.
COPY requirements/build.txt requirements/
RUN python3 -m venv /build/backend \
 && /build/backend/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements/build.txt
COPY LICENSE README.md pyproject.toml ./
COPY contract contract
COPY sidecar sidecar
COPY runner runner
COPY emulator emulator
RUN /build/backend/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir wheels .

# An environment without pip: nothing in the image installs anything.
FROM build AS emulator-environment
COPY requirements/emulator.txt requirements/
RUN python3 -m venv --without-pip /opt/exo-jobs \
 && /build/backend/bin/python -m pip --python /opt/exo-jobs/bin/python install --quiet --no-deps --require-hashes \
      -r requirements/emulator.txt \
 && /build/backend/bin/python -m pip --python /opt/exo-jobs/bin/python install --quiet --no-deps --no-index wheels/*.whl \
 && rm -f /opt/exo-jobs/bin/exo-token /opt/exo-jobs/bin/exo-job

# ---------------------------------------------------------------- emulator
FROM ${BASE_IMAGE} AS emulator
COPY --from=emulator-environment /opt/exo-jobs /opt/exo-jobs
# The state folder belongs to the user that serves; the rest of the image may be read-only.
RUN mkdir -p /var/lib/exo-emulator && chown 65533:65533 /var/lib/exo-emulator
ENV PATH=/opt/exo-jobs/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 65533:65533
VOLUME /var/lib/exo-emulator
EXPOSE 8443
ENTRYPOINT ["exo-emulator"]
CMD ["serve", "--address", "0.0.0.0", "--port", "8443", "--state-dir", "/var/lib/exo-emulator"]
# Last, so that another revision changes no layer.
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="exo-emulator" \
      org.opencontainers.image.description="Entra ID and Exchange Online administration, emulated for tests" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
