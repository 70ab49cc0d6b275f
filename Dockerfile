# A server that trains on its processors: docker build -t polytope . (see server/README.md)
FROM node:24-bookworm-slim AS build
WORKDIR /polytope
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /polytope
COPY --from=build --chown=node:node /polytope ./
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/api/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: the server itself hears docker's signals.
CMD ["node", "--import", "tsx", "server/main.ts"]
