package dev.orrery.server.settings;

/**
 * What the person at the terminal has to do with the server: how it is started, shown and stopped.
 *
 * @param allowRoot whether it may run as root
 * @param answerYes whether questions are answered with yes
 * @param openBrowser whether a browser is opened
 * @param browser the command that opens it, with {@code %s} for the address; empty for the usual
 * @param useRedirectFile whether it is opened through a file that holds the token
 * @param customDisplayUrl shown instead of the server's own address; empty for none
 */
public record StartSettings(
    boolean allowRoot,
    boolean answerYes,
    boolean openBrowser,
    String browser,
    boolean useRedirectFile,
    String customDisplayUrl) {

  static StartSettings read(Given given, App app) {
    return new StartSettings(
        given.get(ServerTraits.ALLOW_ROOT),
        given.get(ServerTraits.ANSWER_YES),
        given.getOr(AppTraits.openBrowser(given, app), app.opensBrowser()),
        given.get(ServerTraits.BROWSER),
        given.get(ServerTraits.USE_REDIRECT_FILE),
        given.get(ServerTraits.CUSTOM_DISPLAY_URL));
  }
}
