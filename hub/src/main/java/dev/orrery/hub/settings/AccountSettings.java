package dev.orrery.hub.settings;

import dev.orrery.config.Declarations;
import dev.orrery.config.Settings;
import dev.orrery.config.Trait;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rules for accounts with passwords that the hub keeps.
 *
 * @param signUp whether whoever comes may ask for an account
 * @param open whether they have it at once, without an administrator's yes
 * @param leastCharacters of a password
 * @param refusesCommon whether passwords that many people have are refused
 * @param mostFailures failed logins in a row after which a name has to wait; 0 for any number
 * @param pause how long it waits
 * @param asksEmail whether who signs up tells an address
 * @param asksSecondFactor whether the login page asks for a one-time password
 * @param firstUse where a first login makes the account
 */
public record AccountSettings(
    boolean signUp,
    boolean open,
    int leastCharacters,
    boolean refusesCommon,
    int mostFailures,
    Duration pause,
    boolean asksEmail,
    boolean asksSecondFactor,
    Optional<FirstUse> firstUse) {

  /**
   * The first password that is given for a name becomes that of the account.
   *
   * @param anybody whether also for a name that nobody has yet
   */
  public record FirstUse(boolean anybody) {}

  /** The longest pause after failed logins. */
  public static final Duration LONGEST_PAUSE = Duration.ofDays(30);

  private static final int LEAST_OF_OURS = 8;

  private static final Trait<Boolean> ENABLE_SIGNUP =
      Trait.bool("NativeAuthenticator.enable_signup", true, "Whoever comes may sign up.")
          .computed("true; false with accounts, where people are invited");
  private static final Trait<Boolean> OPEN_SIGNUP =
      Trait.bool(
          "NativeAuthenticator.open_signup",
          false,
          "Who signs up can log in at once; else when an administrator says yes.");
  private static final Trait<Integer> MINIMUM_PASSWORD_LENGTH =
      Trait.integer(
              "NativeAuthenticator.minimum_password_length", 1, "Fewest characters of a password.")
          .computed("1; 8 with accounts")
          .check(AccountSettings::isLength);
  private static final Trait<Boolean> CHECK_COMMON_PASSWORD =
      Trait.bool(
              "NativeAuthenticator.check_common_password",
              false,
              "Refuse passwords that many people have.")
          .computed("false; true with accounts");
  private static final Trait<Integer> ALLOWED_FAILED_LOGINS =
      Trait.integer(
              "NativeAuthenticator.allowed_failed_logins",
              0,
              "Failed logins in a row after which a name has to wait, from wherever; 0 for any"
                  + " number. With it anybody can keep somebody out.")
          .check(AccountSettings::isCount);
  private static final Trait<Integer> SECONDS_BEFORE_NEXT_TRY =
      Trait.integer(
              "NativeAuthenticator.seconds_before_next_try", 600, "How long a name has to wait.")
          .check(seconds ->
              seconds >= 0 && seconds <= LONGEST_PAUSE.toSeconds()
                  ? Optional.empty()
                  : Optional.of(
                      "it is a number of seconds from 0 to " + LONGEST_PAUSE.toSeconds()));
  private static final Trait<Boolean> ASK_EMAIL =
      Trait.bool("NativeAuthenticator.ask_email_on_signup", false, "Ask for an email address.");
  private static final Trait<Boolean> ALLOW_2FA =
      Trait.bool(
          "NativeAuthenticator.allow_2fa",
          false,
          "Ask for a one-time password on the login page. Who has set one up has to give it in any"
              + " case; none can be set up here.");
  private static final Trait<Boolean> CREATE_USERS =
      Trait.bool(
          "FirstUseAuthenticator.create_users",
          true,
          "A first login makes an account for a name that nobody has yet.");
  private static final Trait<Integer> MIN_PASSWORD_LENGTH =
      Trait.integer(
              "FirstUseAuthenticator.min_password_length", 7, "Fewest characters of a password.")
          .check(AccountSettings::isLength);

  private static final Trait<String> DBM_PATH =
      Trait.string(
          "FirstUseAuthenticator.dbm_path",
          "passwords.dbm",
          "Where firstuseauthenticator has passwords. This hub has them in its database, and does"
              + " not start beside such a file: whoever comes first would choose new ones.");

  /** What is appended to the names of such files. */
  private static final List<String> DBM_ENDINGS = List.of("", ".db", ".dat", ".pag");

  /** What of nativeauthenticator is not there. */
  private static final List<Trait<?>> LACKING =
      List.of(
          Trait.string("NativeAuthenticator.recaptcha_key", "", "The key of a reCAPTCHA.")
              .unsupportedStops("robots that it keeps out would sign up"),
          Trait.string("NativeAuthenticator.recaptcha_secret", "", "The secret of a reCAPTCHA.")
              .secret()
              .unsupported("nobody is asked for a reCAPTCHA"),
          Trait.string("NativeAuthenticator.tos", "", "Terms that who signs up agrees to.")
              .unsupportedStops("people would sign up without agreeing"),
          Trait.string(
                  "NativeAuthenticator.allow_self_approval_for", "", "Whose email approves them.")
              .orNone()
              .unsupported("an administrator approves everybody"),
          Trait.dict(
                  "NativeAuthenticator.self_approval_server",
                  Map.of(),
                  "A server that sends emails.")
              .secret()
              .unsupported("no emails are sent"),
          Trait.strings("NativeAuthenticator.self_approval_email", List.of(), "What an email says.")
              .unsupported("no emails are sent"),
          Trait.string("NativeAuthenticator.secret_key", "", "The key of links in emails.")
              .secret()
              .unsupported("no emails are sent"),
          Trait.bool("NativeAuthenticator.import_from_firstuse", false, "Take over other accounts.")
              .unsupported("no accounts are taken over"),
          Trait.string(
                  "NativeAuthenticator.firstuse_db_path", "passwords.dbm", "A file of passwords.")
              .unsupported("no accounts are taken over"),
          Trait.bool(
                  "NativeAuthenticator.delete_firstuse_db_after_import", false, "Delete that file.")
              .unsupported("no accounts are taken over"),
          Trait.bool("FirstUseAuthenticator.check_passwords_on_startup", true, "Look at that file.")
              .unsupported("names are in one spelling from the beginning"));

  /** Adds what can be set. */
  static void declare(Declarations.Builder builder) {
    builder.add(ENABLE_SIGNUP, OPEN_SIGNUP, MINIMUM_PASSWORD_LENGTH, CHECK_COMMON_PASSWORD);
    builder.add(ALLOWED_FAILED_LOGINS, SECONDS_BEFORE_NEXT_TRY, ASK_EMAIL, ALLOW_2FA);
    builder.add(CREATE_USERS, MIN_PASSWORD_LENGTH, DBM_PATH);
    LACKING.forEach(builder::add);
  }

  /** Rules for accounts of nativeauthenticator. */
  public static AccountSettings ofNative(Settings settings) {
    return read(settings, settings.get(ENABLE_SIGNUP), 1, false);
  }

  /** Rules for accounts of this hub: stricter, unless something else is said. */
  public static AccountSettings ofOwn(Settings settings) {
    return read(
        settings,
        settings.isSet(ENABLE_SIGNUP) && settings.get(ENABLE_SIGNUP),
        LEAST_OF_OURS,
        true);
  }

  private static AccountSettings read(
      Settings settings, boolean signUp, int leastCharacters, boolean refusesCommon) {
    return new AccountSettings(
        signUp,
        settings.get(OPEN_SIGNUP),
        settings.isSet(MINIMUM_PASSWORD_LENGTH)
            ? Math.max(1, settings.get(MINIMUM_PASSWORD_LENGTH))
            : leastCharacters,
        settings.isSet(CHECK_COMMON_PASSWORD) ? settings.get(CHECK_COMMON_PASSWORD) : refusesCommon,
        settings.get(ALLOWED_FAILED_LOGINS),
        Duration.ofSeconds(settings.get(SECONDS_BEFORE_NEXT_TRY)),
        settings.get(ASK_EMAIL),
        settings.get(ALLOW_2FA),
        Optional.empty());
  }

  /** Rules for accounts that a first login makes. */
  public static AccountSettings ofFirstUse(Settings settings) {
    return new AccountSettings(
        false,
        false,
        settings.get(MIN_PASSWORD_LENGTH),
        false,
        0,
        Duration.ZERO,
        false,
        false,
        Optional.of(new FirstUse(settings.get(CREATE_USERS))));
  }

  /** The file in which firstuseauthenticator has passwords, which nobody reads here. */
  public static Optional<Path> fileOfFirstUse(Settings settings) {
    Path file = Path.of(settings.get(DBM_PATH)).toAbsolutePath();
    return DBM_ENDINGS.stream()
        .map(ending -> Path.of(file + ending))
        .filter(Files::exists)
        .findFirst();
  }

  private static Optional<String> isLength(int characters) {
    return characters >= 0 && characters <= 72
        ? Optional.empty()
        : Optional.of("it is a number of characters from 0 to 72");
  }

  private static Optional<String> isCount(int count) {
    return count >= 0 ? Optional.empty() : Optional.of("it is 0 or more");
  }
}
