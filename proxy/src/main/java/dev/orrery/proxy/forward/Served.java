package dev.orrery.proxy.forward;

import java.time.Instant;

/**
 * A request that is over, or a tunnel that is closed.
 *
 * @param began when its head had come
 * @param nanos how long it took, in nanoseconds
 * @param id goes through all logs: the client's own {@code X-Request-Id} if it can be logged,
 *     otherwise made here
 * @param trace of the {@code traceparent} header, the part that all parties share; empty for none
 * @param client the address; empty on a unix socket
 * @param protocol of the client, {@code HTTP/1.1}
 * @param path as it was sent, without its query, which may carry secrets
 * @param route the path of the route that was found; empty for none
 * @param target host and port of the backend; empty for none
 * @param status of the answer; 0 when there was none
 * @param reason why there is no good answer, for people; empty when there is
 * @param received bytes of the body, or of the tunnel, from the client
 * @param sent bytes of the body, or of the tunnel, to the client
 * @param tunnel whether it became a WebSocket or another stream in both directions
 * @param reused whether the connection to the backend had served another request
 */
public record Served(
    Instant began,
    long nanos,
    String id,
    String trace,
    String client,
    String protocol,
    String method,
    String host,
    String path,
    String route,
    String target,
    int status,
    String reason,
    long received,
    long sent,
    boolean tunnel,
    boolean reused) {}
