package dev.orrery.cli;

import dev.orrery.proxy.forward.ForwardEvents;
import dev.orrery.proxy.metrics.ProxyMetrics;

/** Counts what is forwarded. */
record CountedForwarding(ProxyMetrics metrics) implements ForwardEvents {

  @Override
  public void webRequest() {
    metrics.requested();
  }

  @Override
  public void upgradeRequest() {
    metrics.upgradeRequested();
  }

  @Override
  public void lookedUp(long nanos) {
    metrics.searched(nanos);
  }

  @Override
  public void answered(int status) {
    metrics.answered(status);
  }
}
