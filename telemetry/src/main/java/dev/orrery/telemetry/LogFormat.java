package dev.orrery.telemetry;

/** How log records are written: one line for people, or one JSON object per line for machines. */
public enum LogFormat {
  LINE,
  JSON
}
