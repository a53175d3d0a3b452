package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.access.Visitors;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.ApiToken;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A person's tokens, and what they have let know who they are. Changes go by the REST API. */
public final class TokenPages {

  /** The client of tokens that somebody asked for. */
  private static final String BY_HAND = "jupyterhub";

  private static final Duration USUAL = Duration.ofDays(30);

  private final Database database;
  private final Access access;
  private final Visitors visitors;
  private final HubSettings.Api settings;
  private final Site site;
  private final Clock clock;

  /** Shows the tokens in {@code database}. */
  public TokenPages(
      Database database,
      Access access,
      Visitors visitors,
      HubSettings.Api settings,
      Site site,
      Clock clock) {
    this.database = database;
    this.access = access;
    this.visitors = visitors;
    this.settings = settings;
    this.site = site;
    this.clock = clock;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/token", access.page(this::show));
  }

  /**
   * What the page shows.
   *
   * @param api where the REST API has the tokens
   */
  record View(
      String xsrf, String api, List<Choice> choices, List<Row> tokens, List<Row> applications) {}

  /**
   * How long a token may last.
   *
   * @param seconds empty for ever
   * @param text the key of what it is called, with {@code number} in it
   */
  record Choice(String seconds, String text, long number, boolean usual) {}

  /** A token, or all that one application has. */
  record Row(
      String id,
      String note,
      List<String> scopes,
      Optional<Instant> used,
      Optional<Instant> created,
      Optional<Instant> until) {}

  private void show(Exchange exchange, Visitor visitor) {
    User user = HomePages.user(visitor);
    Frame frame = site.frame(exchange, visitor, "token");
    var tokens = new ArrayList<Row>();
    var applications = new LinkedHashMap<String, List<ApiToken>>();
    database.read(tx -> {
      for (ApiToken token : tx.tokens().of(Holder.USER, user.id(), clock.instant())) {
        if (token.clientId().equals(BY_HAND)) {
          tokens.add(row(tx, frame, token));
        } else {
          applications.computeIfAbsent(token.clientId(), _ -> new ArrayList<>()).add(token);
        }
      }
      return true;
    });
    tokens.sort(Comparator.comparing(TokenPages::lastSeen).reversed());
    var view =
        new View(
            site.proof(exchange, visitor),
            site.hub("api/users/" + Paths.escaped(visitor.name()) + "/tokens"),
            choices(),
            tokens,
            applications.values().stream().map(TokenPages::application).toList());
    site.send(exchange, 200, out -> JtetokenGenerated.render(out, Site.NOBODY, frame, view));
  }

  private Row row(Transaction tx, Frame frame, ApiToken token) {
    return new Row(
        token.apiId(),
        token.note().isEmpty() ? frame.say("token.nonote") : token.note(),
        visitors.scopesOf(tx, token).texts(),
        token.lastActivity(),
        token.created(),
        token.expiresAt());
  }

  private static Instant lastSeen(Row row) {
    return row.used().or(row::created).orElse(Instant.EPOCH);
  }

  /** What one application has, in a browser or several: it is taken back at once. */
  private static Row application(Collection<ApiToken> tokens) {
    ApiToken first = tokens.iterator().next();
    return new Row(
        first.apiId(),
        first.clientDescription().isEmpty() ? first.clientId() : first.clientDescription(),
        List.of(),
        times(tokens.stream().map(ApiToken::lastActivity)).max(Comparator.naturalOrder()),
        times(tokens.stream().map(ApiToken::created)).min(Comparator.naturalOrder()),
        Optional.empty());
  }

  private static Stream<Instant> times(Stream<Optional<Instant>> times) {
    return times.flatMap(Optional::stream);
  }

  private List<Choice> choices() {
    Duration most = settings.longestToken();
    List<Duration> all =
        Stream.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(7), USUAL, most)
            .filter(length -> length.isPositive() && (most.isZero() || length.compareTo(most) <= 0))
            .distinct()
            .toList();
    Duration usual =
        all.stream()
            .filter(length -> length.compareTo(USUAL) <= 0)
            .reduce((_, b) -> b)
            .orElse(most);
    var choices = new ArrayList<Choice>();
    for (Duration length : all) {
      boolean hours = length.toDays() < 1;
      choices.add(
          new Choice(
              Long.toString(length.toSeconds()),
              hours ? "token.hour" : length.toDays() == 1 ? "token.day" : "token.days",
              hours ? Math.max(1, length.toHours()) : length.toDays(),
              length.equals(usual)));
    }
    if (most.isZero()) {
      choices.add(new Choice("", "token.never", 0, false));
    }
    return choices;
  }
}
