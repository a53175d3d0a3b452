package dev.orrery.hub.access;

import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.NewToken;
import dev.orrery.hub.store.OAuthClient;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.tokens.TokenHash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tokens that are told to the hub, by its settings or by who adds a service. */
public final class GivenTokens {

  /** What a token may do of which nothing else is said: whatever its owner may. */
  private static final List<String> INHERIT = List.of("inherit");

  private GivenTokens() {}

  /**
   * Keeps a token for ever; one that is valid already, whosever it is, stays as it is.
   *
   * @param hardToGuess whether it is as random as ours
   * @throws IllegalArgumentException when it is too short or too long, with a sentence
   */
  public static void keep(
      Transaction tx,
      Holder kind,
      long owner,
      String token,
      String note,
      boolean hardToGuess,
      Instant now) {
    boolean known =
        tx.tokens().byPrefix(TokenHash.prefix(token), now).stream()
            .anyMatch(kept -> TokenHash.matches(kept.token().hashed(), token));
    if (!known) {
      tx.tokens()
          .create(
              new NewToken(
                  kind,
                  owner,
                  TokenHash.ofGiven(token, hardToGuess),
                  TokenHash.prefix(token),
                  OAuthClient.OWN,
                  "",
                  Optional.empty(),
                  note,
                  INHERIT),
              now);
    }
  }
}
