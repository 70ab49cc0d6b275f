# A server that trains on its processors: docker build -t polytope . (see server/README.md)
FROM node:24-bookworm-slim AS build
WORKDIR /polytope
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev && rm -rf .next/cache \
  && chmod -R a+rX /polytope

FROM node:24-bookworm-slim
ARG COMMIT=unknown
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /polytope
# Root's: the server reads its program and cannot change it.
COPY --from=build /polytope ./
RUN echo "$COMMIT" > .commit && install -d -m 700 -o node -g node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/api/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: the server itself hears docker's signals.
CMD ["node", "--import", "tsx", "server/main.ts"]
