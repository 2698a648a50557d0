# archcheck itself, for CI that runs containers:
#   docker run --rm -v "$PWD:/project:ro" archcheck requirements.txt
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY archcheck ./archcheck
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-compile --no-index --find-links=/wheels wheel-archcheck \
    && useradd --create-home --uid 1000 archcheck
USER archcheck
# A named volume here keeps the index's answers from run to run.
ENV ARCHCHECK_CACHE_DIR=/home/archcheck/.cache/archcheck
WORKDIR /project
ENTRYPOINT ["archcheck"]
