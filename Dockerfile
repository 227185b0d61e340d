# lathed with the embedded model on Debian 12, serving it as an unprivileged user:
#
#   docker build --tag lathe .
#   docker run --rm --publish 50051:50051 --publish 8080:8080 lathe
#
# tools/check_container carries out these steps where no container engine is: it knows FROM, WORKDIR, COPY, RUN, ENV, USER,
# EXPOSE, STOPSIGNAL, HEALTHCHECK, ENTRYPOINT and CMD.

FROM debian:12-slim AS build
WORKDIR /src
COPY tools/install tools/packages.txt tools/
RUN tools/install build
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY kernels kernels
COPY engine engine
COPY proto proto
COPY server server
COPY cli cli
RUN cmake --preset release -DLATHE_TESTS=OFF -DLATHE_BENCH=OFF \
    && ninja -C build/release lathed lathe \
    && strip build/release/bin/lathed build/release/bin/lathe

FROM debian:12-slim
COPY tools/install tools/packages.txt /tmp/tools/
RUN /tmp/tools/install runtime \
    && rm -rf /tmp/tools /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/log/apt /var/log/dpkg.log \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin lathe
# The layout of the repository, so that the paths inside configurations and manifests hold.
WORKDIR /opt/lathe
COPY --from=build /src/build/release/bin/lathed /src/build/release/bin/lathe bin/
COPY LICENSE ./
COPY configs/lathed.yaml configs/
COPY configs/models configs/models
COPY models/sst2-distilminilm models/sst2-distilminilm
ENV PATH=/opt/lathe/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LATHE_GRPC_ADDRESS=0.0.0.0:50051 \
    LATHE_HTTP_ADDRESS=0.0.0.0:8080
USER 10001
EXPOSE 50051 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["lathe", "healthcheck"]
ENTRYPOINT ["lathed"]
CMD ["--config=/opt/lathe/configs/lathed.yaml"]
