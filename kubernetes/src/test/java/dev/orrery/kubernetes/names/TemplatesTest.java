package dev.orrery.kubernetes.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orrery.spawner.spi.ServerName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TemplatesTest {

  private static final long SEED = 20_260_801;
  private static final int TRIALS = 20_000;

  private static Templates of(String user, String server) {
    return Templates.of(
        new NameFields(new ServerName(user, server), 7, "hubs", NameFields.Scheme.SAFE));
  }

  @Test
  void twoServersNeverHaveTheSameName() {
    var random = new Random(SEED);
    var seen = new HashMap<String, String>();
    for (int i = 0; i < TRIALS; i++) {
      String user = word(random);
      String server = random.nextBoolean() ? "" : word(random);
      String name = of(user, server).filled("jupyter-{user_server}");
      assertThat(Slugs.isObjectName(name)).as("%s for %s/%s", name, user, server).isTrue();
      String before = seen.put(name, user + "/" + server);
      assertThat(before == null || before.equals(user + "/" + server))
          .as("%s is that of %s and of %s/%s", name, before, user, server)
          .isTrue();
    }
  }

  /** Short words of few letters, so that many are nearly alike. */
  private static String word(Random random) {
    String letters = "aAb-1._@ 홍/";
    var word = new StringBuilder();
    int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 70 : 4);
    for (int i = 0; i < length; i++) {
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }

  @Test
  void labelsTakeWhatNamesDoNot() {
    assertThat(Slugs.labelValue("Ada_L.1")).isEqualTo("Ada_L.1");
    assertThat(Slugs.labelValue("")).isEmpty();
    assertThat(Slugs.labelValue("ada@example.org")).matches("ada-example-org---[0-9a-f]{8}");
    // A letter of another alphabet that equals one of ours when case is ignored.
    assertThat(Slugs.isLabelValue("\u212A")).isFalse();
  }

  @Test
  void unknownFieldIsNamedWithThoseThatAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("ada", "").filled("claim-{usrname}"))
        .withMessageContaining("claim-{usrname}")
        .withMessageContaining("{usrname}")
        .withMessageContaining("user_server");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("ada", "").filled("claim}"))
        .withMessageContaining("'}}'");
  }

  @Test
  void whatALastFieldLeavesOpenIsCutOff() {
    assertThat(of("ada", "").filled("jupyter-{username}--{servername}")).isEqualTo("jupyter-ada");
    assertThat(of("ada", "").filled("jupyter-{username}-")).isEqualTo("jupyter-ada-");
  }

  @Test
  void treesAreFilledInButNotTheirKeys() {
    assertThat(of("ada", "").filledMap(Map.of("{a}", List.of("x-{username}", 3L, true))))
        .isEqualTo(Map.of("{a}", List.of("x-ada", 3L, true)));
  }
}
