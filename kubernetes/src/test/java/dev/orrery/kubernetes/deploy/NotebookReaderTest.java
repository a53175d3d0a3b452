package dev.orrery.kubernetes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command line means, and what is said of those that mean nothing. */
class NotebookReaderTest {

  @TempDir private Path folder = Path.of("");

  private static NotebookCommand read(String... arguments) {
    return NotebookReader.read(List.of(arguments));
  }

  private static NotebookPlan plan(String... arguments) {
    NotebookCommand command = read(arguments);
    assertThat(command).isInstanceOf(NotebookCommand.Print.class);
    return ((NotebookCommand.Print) command).plan();
  }

  private static List<String> problems(String... arguments) {
    NotebookCommand command = read(arguments);
    assertThat(command).as(Arrays.toString(arguments)).isInstanceOf(NotebookCommand.Refused.class);
    return ((NotebookCommand.Refused) command).problems();
  }

  private static void isRefused(String argument, String... words) {
    List<String> problems = problems(argument);
    assertThat(problems).hasSize(1);
    assertThat(problems.getFirst()).contains(words);
  }

  @Test
  void nothingIsANotebookOfTheUsualKind() {
    NotebookPlan plan = plan();
    assertThat(plan.name()).isEqualTo("notebook");
    assertThat(plan.image()).isEqualTo(NotebookPlan.DEFAULT_IMAGE);
    assertThat(plan.namespace()).isEmpty();
    assertThat(plan.storage()).isPresent();
    assertThat(plan.entrance()).isEmpty();
  }

  @Test
  void everyOptionIsTaken() {
    NotebookPlan plan =
        plan(
            "mine",
            "--image=Registry.Example:5000/team.one/x/y_z:1.0@sha256:" + "0a".repeat(32),
            "--storage",
            "20Gi",
            "--storage-class=fast.ssd",
            "--host",
            "a.example.org",
            "--ingress-class",
            "nginx",
            "--tls-secret",
            "cert",
            "--cpu=0.5",
            "--memory=1.5Gi",
            "--gpu=2",
            "--env",
            "A=b=c",
            "--env=B=",
            "--namespace=team-1");
    assertThat(plan.name()).isEqualTo("mine");
    assertThat(plan.namespace()).isEqualTo("team-1");
    assertThat(plan.storage().orElseThrow().size()).contains("20Gi");
    assertThat(plan.storage().orElseThrow().kind()).contains("fast.ssd");
    assertThat(plan.entrance().orElseThrow().url()).isEqualTo("https://a.example.org/");
    assertThat(plan.resources().gpus()).isEqualTo(2);
    assertThat(plan.variables()).containsExactly(Map.entry("A", "b=c"), Map.entry("B", ""));
  }

  @Test
  void whatIsToBeDoneIsToldApart() {
    assertThat(read("--apply", "--timeout=90s", "--no-password"))
        .isInstanceOfSatisfying(
            NotebookCommand.Apply.class,
            apply -> {
              assertThat(apply.limit()).isEqualTo(Duration.ofSeconds(90));
              assertThat(apply.dropsPassword()).isTrue();
              assertThat(apply.asksPassword()).isFalse();
            });
    assertThat(read("mine", "--delete", "--delete-storage", "--namespace", "n"))
        .isEqualTo(new NotebookCommand.Delete("mine", "n", true));
    assertThat(read("--delete")).isEqualTo(new NotebookCommand.Delete("notebook", "", false));
    assertThat(read("--password"))
        .isInstanceOfSatisfying(
            NotebookCommand.Print.class, print -> assertThat(print.asksPassword()).isTrue());
  }

  @Test
  void helpNamesEveryOption() {
    assertThat(read("--apply", "--help"))
        .isInstanceOfSatisfying(
            NotebookCommand.Help.class,
            help ->
                assertThat(NotebookOption.flags())
                    .allSatisfy(flag -> assertThat(help.text()).contains("  " + flag)));
  }

  @Test
  void namesAreWhatEveryObjectCanHave() {
    isRefused("My_notebook", "'My_notebook'", "63", "my-notebook");
    isRefused("1st", "'1st'", "begins with a letter");
    isRefused("a-", "'a-'");
    isRefused("a".repeat(64), "63");
    assertThat(plan("a".repeat(63)).name()).hasSize(63);
    assertThat(problems("one", "two").getFirst()).contains("'one', 'two'", "--");
    isRefused("--namespace=a.b", "--namespace", "'a.b'", "small letters");
  }

  @Test
  void amountsAreAmounts() {
    isRefused("--storage=5 GB", "--storage", "'5 GB'", "10Gi");
    isRefused("--storage=5", "'5'", "1Mi", "bytes");
    isRefused("--memory=512m", "'512m'", "64Mi", "thousandth");
    isRefused("--memory=lots", "'lots'", "4Gi");
    isRefused("--memory=", "''");
    isRefused("--cpu=4Gi", "--cpu", "'4Gi'", "0.5");
    isRefused("--cpu=-1", "'-1'");
    isRefused("--cpu=0", "'0'");
    isRefused("--gpu=1.5", "--gpu", "'1.5'", "whole number");
    isRefused("--gpu=9999", "'9999'", "1000");
    assertThat(plan("--memory=64Mi", "--cpu=250m").resources().cpu()).contains("250m");
  }

  @Test
  void hostsImagesAndOtherNamesAreChecked() {
    isRefused("--host=http://a.b", "'http://a.b'", "without http://", "notebook.example.org");
    isRefused("--host=a.b:80", "'a.b:80'");
    isRefused("--host=A.b", "small letters");
    isRefused("--host=10.0.0.1", "'10.0.0.1'");
    isRefused("--host=-a.b", "'-a.b'");
    isRefused("--image=Foo bar", "--image", "'Foo bar'", NotebookPlan.DEFAULT_IMAGE);
    isRefused("--image=quay.io/Foo/bar", "'quay.io/Foo/bar'");
    isRefused("--image=a:b:c", "'a:b:c'");
    isRefused("--storage-class=a b", "--storage-class", "'a b'");
    assertThat(problems("--host=a.b", "--tls-secret=A", "--ingress-class=B")).hasSize(2);
  }

  @Test
  void variablesHaveNamesAndValues() {
    isRefused("--env=A", "'A'", "NAME=VALUE");
    isRefused("--env=1A=x", "'1A'", "digit");
    isRefused("--env=a-b=secret", "'a-b'");
    assertThat(problems("--env=a-b=secret").getFirst()).doesNotContain("secret");
    assertThat(problems("--env=A=1", "--env=A=2").getFirst()).contains("'A'", "twice");
  }

  @Test
  void optionsThatDoNotGoTogetherAreTold() {
    isRefused("--delete-storage", "--delete only");
    isRefused("--timeout=5s", "--apply only");
    isRefused("--no-password", "--apply only");
    isRefused("--tls-secret=a", "--host only");
    isRefused("--ingress-class=a", "--host only");
    assertThat(problems("--no-storage", "--storage=1Gi").getFirst())
        .contains("--storage and --no-storage");
    assertThat(problems("--apply", "--password", "--no-password").getFirst())
        .contains("--password and --no-password");
    assertThat(problems("--delete", "--apply", "--env=A=1", "--memory=4Gi"))
        .hasSize(3)
        .allSatisfy(problem -> assertThat(problem).contains("--delete"));
    for (String time : List.of("x", "0s", "25h", "-1", "")) {
      assertThat(problems("--apply", "--timeout=" + time).getFirst())
          .contains("'" + time + "'", "20m");
    }
  }

  @Test
  void unknownOptionsAreToldWithTheNearestAndValuesOfPasswordsAreNot() {
    isRefused("--passwrd=hunter2", "--passwrd", "--password?");
    isRefused("--password=hunter2", "takes no value", "processes");
    assertThat(problems("--passwrd=hunter2", "--password=hunter2").toString())
        .doesNotContain("hunter2");
    isRefused("--storage", "a value is missing", "SIZE");
    isRefused("-x", "-x", "--help");
  }

  @Test
  void allThatIsWrongIsToldAtOnce() {
    assertThat(problems("A", "--memory=1", "--host=x y", "--env=1", "--image=:", "--nothing"))
        .hasSize(6);
  }

  private List<String> settings(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("settings.json"), text);
    return new ArrayList<>(problems("--settings=" + file));
  }

  @Test
  void settingsFilesAreChecked() throws Exception {
    assertThat(problems("--settings=" + folder.resolve("none")).getFirst())
        .contains("there is no file", "none");
    assertThat(problems("--settings=" + folder).getFirst()).contains("can't be read");
    assertThat(settings("{\"a\":").getFirst()).contains("settings.json:1:6", "no JSON object");
    assertThat(settings("[]").getFirst()).contains("no JSON object", "ServerApp");
    assertThat(settings("{} x").getFirst()).contains("no JSON object");
    assertThat(settings("{\"ServerApp\":{\"a\":1,\"a\":2}}").getFirst()).contains("no JSON object");
    assertThat(settings("{\"port\": 1}").getFirst()).contains("'port'", "ServerApp");
    assertThat(settings("{\"ServerApp\":{\"port\":1,\"ip\":\"x\",\"certfile\":\"y\"}}"))
        .hasSize(3)
        .anySatisfy(problem -> assertThat(problem).contains("ServerApp.port", "8888"))
        .anySatisfy(problem -> assertThat(problem).contains("certfile", "--tls-secret"));
    assertThat(settings("{\"x\":\"" + "y".repeat(600_000) + "\"}").getFirst())
        .contains("600008", "524288");
    Path hashed =
        Files.writeString(
            folder.resolve("h.json"),
            "{\"PasswordIdentityProvider\":{\"hashed_password\":\"argon2:x\"}}");
    assertThat(problems("--password", "--settings=" + hashed).getFirst())
        .contains("--password", "hashed_password");
  }

  @Test
  void settingsAreKeptAsTheyAreWritten() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("settings.json"),
            "{\"ServerApp\":{\"base_url\":\"/x/y/\",\"open_browser\":true,\"rate\":1.10,"
                + "\"big\":123456789012345678901,\"none\":null},\"Mine\":{\"list\":[1,{\"a\":\"ü\"}]}}");
    NotebookSettings settings = plan("--settings=" + file).settings();
    assertThat(settings.baseUrl()).isEqualTo("/x/y/");
    assertThat(settings.text())
        .contains(
            "\"ip\" : \"*\"",
            "\"open_browser\" : true",
            "1.10",
            "123456789012345678901",
            "\"none\" : null",
            "\"delete_to_trash\" : false",
            "ü");
    assertThat(NotebookSettings.of(settings.text()).orElseThrow().text())
        .isEqualTo(settings.text());
  }

  @Test
  void plainSecretsAreFound() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("settings.json"),
            "{\"IdentityProvider\":{\"token\":\"abc\"},\"ServerApp\":{\"token\":\"\"}}");
    assertThat(plan("--settings=" + file).settings().plainSecrets())
        .containsExactly("IdentityProvider.token");
  }
}
