package dev.orrery.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.proxy.metrics.ProxyMetrics;
import java.util.Optional;

/** The numbers of a proxy at {@code /metrics}, and nothing else. */
public final class MetricsEndpoint implements Endpoint {

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final ProxyMetrics metrics;

  /** Serves these numbers. */
  public MetricsEndpoint(ProxyMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public Optional<Answer> beforeBody(Request request) {
    return request.target().equals("/metrics") ? Optional.empty() : Optional.of(Answer.notFound());
  }

  @Override
  public Answer answer(Request request, byte[] body) {
    return Answer.of(PROMETHEUS, metrics.text().getBytes(UTF_8));
  }

  @Override
  public void answered(Request request, Answer answer) {
    // Being asked is no event: it happens every few seconds.
  }
}
