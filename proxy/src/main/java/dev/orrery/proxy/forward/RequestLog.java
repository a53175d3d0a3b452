package dev.orrery.proxy.forward;

/** Where every request is written down when it is over. Thread-safe; must not block. */
public interface RequestLog {

  /** Takes note of one request. */
  void served(Served request);
}
