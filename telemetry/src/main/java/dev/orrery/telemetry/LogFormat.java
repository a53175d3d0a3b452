package dev.orrery.telemetry;

/** How log records are written. */
public enum LogFormat {
  /** One line for people, in the shape of jupyter_server's. */
  LINE,
  /** One JSON object per line, for machines. */
  JSON,
  /** One line in the shape of configurable-http-proxy's. */
  PROXY,
  /** The same with colours, for terminals. */
  PROXY_IN_COLOUR
}
