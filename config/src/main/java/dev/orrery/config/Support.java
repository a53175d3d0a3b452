package dev.orrery.config;

/** Whether a known setting is honoured, and what happens when it is not. */
sealed interface Support {

  record Full() implements Support {}

  record Warns(String whatHappensInstead) implements Support {}

  record Stops(String why) implements Support {}
}
