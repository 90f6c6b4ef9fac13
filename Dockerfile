# The server in an image: built by Bazel as anywhere else, then the one binary, and chatctl, in a
# small Debian of the same release. `docker build -t chat-be .`

FROM debian:12 AS build
WORKDIR /src
COPY . .
# Bazel's downloads and outputs stay with the builder, so that the next build is a small one; the
# binaries therefore leave the cache in the same step. -L, because bazel-bin is a link into it.
RUN --mount=type=cache,target=/root/.cache/bazel \
    ./bazelw build //server //server/chatctl \
    && cp -L bazel-bin/server/server /chat-be && cp -L bazel-bin/server/chatctl/chatctl /chatctl

FROM debian:12-slim
# The certificates by which TLS connections to PostgreSQL and Redis are judged.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
# A number, not a name, so that Kubernetes' runAsNonRoot can see that it is not root.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin chat \
    && install -d -o chat -g chat -m 0700 /var/lib/chat-be
COPY --from=build /chat-be /chatctl /usr/local/bin/
COPY deploy/healthcheck /usr/local/bin/healthcheck
USER 10001
WORKDIR /var/lib/chat-be
# In a container 127.0.0.1 is nobody's but its own. The admin port serves /metrics and chatctl and
# stays inside: publish 8080 only, and run `docker exec NAME chatctl users show alice`.
ENV CHAT_LISTEN=0.0.0.0:8080 \
    CHAT_ADMIN_LISTEN=0.0.0.0:9090 \
    CHAT_DATA_DIR=/var/lib/chat-be
EXPOSE 8080
# History, where the embedded store is used; with CHAT_POSTGRES_URL nothing is written here.
VOLUME /var/lib/chat-be
# Alive, not ready: what restarts containers must not restart a node because PostgreSQL is away.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["healthcheck"]
# SIGTERM drains. Give it longer than --drain-seconds: `docker stop --time 30`.
STOPSIGNAL SIGTERM
ENTRYPOINT ["chat-be"]
