package dev.orrery.hub.logins.accounts;

/** Why an account is not made, or not changed; pages say it in sentences. */
public enum Objection {
  /** The name can't be one. */
  NAME,
  /** Somebody has it. */
  TAKEN,
  /** The password has too few characters. */
  SHORT,
  /** It has too many bytes, or one that is none of a text. */
  LONG,
  /** Many people have it. */
  COMMON,
  /** What was given as an email address is none. */
  EMAIL,
  /** The password that was there is another one. */
  OLD,
  /** The link was used before, or is too old. */
  LINK,
  /** Too many wait for an administrator's yes already. */
  FULL
}
