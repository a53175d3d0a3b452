package dev.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSpecCommandTest {

  @TempDir Path root;
  private Typed typed;
  private Path source;
  private Path user;

  @BeforeEach
  void prepare() throws IOException {
    typed = new Typed(root).with("PATH", "/bin");
    source = spec(root.resolve("mykernel"), "sh");
    user = typed.home().resolve(".local/share/jupyter/kernels");
  }

  private static Path spec(Path directory, String program) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("kernel.json"),
        "{\"argv\": [\"%s\"], \"display_name\": \"Käse\", \"language\": \"sh\"}"
            .formatted(program));
    return directory;
  }

  private Typed.Outcome kernelspec(String... arguments) {
    return typed.run(KernelSpecCommand::new, arguments);
  }

  @Test
  void installsForTheUserAndListsInTheOrderOfTheSearch() throws IOException {
    spec(typed.prefix().resolve("share/jupyter/kernels/a-longer-name"), "sh");
    Typed.Outcome installed = kernelspec("install", source.toString(), "--user");
    assertThat(installed.status()).as(installed.err()).isZero();
    assertThat(installed.err()).contains("Installed kernelspec mykernel in " + user);
    Typed.Outcome listed = kernelspec("list");
    assertThat(listed.out())
        .startsWith("Available kernels:\n")
        .contains("  mykernel         " + user.resolve("mykernel"))
        .containsSubsequence("mykernel", "a-longer-name");
  }

  @Test
  void theListAsJsonIsInAsciiAndLeavesBrokenSpecsOut() throws IOException {
    spec(user.resolve("good"), "sh");
    Files.writeString(spec(user.resolve("broken"), "sh").resolve("kernel.json"), "{");
    String json = kernelspec("list", "--json").out();
    var specs = Json.parse(json).path("kernelspecs");
    assertThat(specs.propertyNames()).containsExactly("good");
    assertThat(specs.path("good").path("resource_dir").asString())
        .isEqualTo(user.resolve("good").toString());
    assertThat(specs.path("good").path("spec").path("display_name").asString()).isEqualTo("Käse");
    assertThat(json).contains("K\\u00e4se", "\n    \"good\": {\n      \"resource_dir\": ");
    assertThat(kernelspec("list").out()).contains("broken");
  }

  @Test
  void oneDirectoryForOneWish() {
    assertThat(kernelspec("install", source.toString(), "--sys-prefix", "--name=Other").status())
        .isZero();
    assertThat(typed.prefix().resolve("share/jupyter/kernels/other/kernel.json")).exists();
    Path elsewhere = root.resolve("elsewhere");
    Typed.Outcome outside =
        kernelspec("install", source.toString(), "--prefix", elsewhere.toString());
    assertThat(outside.status()).isZero();
    assertThat(outside.err()).contains("The kernelspec may not be found");
    assertThat(elsewhere.resolve("share/jupyter/kernels/mykernel")).exists();
    Typed.Outcome both = kernelspec("install", source.toString(), "--user", "--sys-prefix");
    assertThat(both.status()).isEqualTo(1);
    assertThat(both.err()).contains("Please choose one");
    assertThat(user).doesNotExist();
  }

  @Test
  void whatCanNotBeInstalledIsSaid() {
    assertThat(kernelspec("install").err()).contains("No source directory specified.");
    assertThat(kernelspec("install", root.resolve("no").toString(), "--user").err())
        .contains("there is no directory");
    Typed.Outcome name = kernelspec("install", source.toString(), "--user", "--name=..");
    assertThat(name.status()).isEqualTo(1);
    assertThat(name.err()).contains("Invalid kernel name");
  }

  @Test
  void traitsStandForTheirOptions() {
    Typed.Outcome installed =
        kernelspec(
            "install",
            source.toString(),
            "--InstallKernelSpec.user=True",
            "--InstallKernelSpec.kernel_name=named");
    assertThat(installed.status()).as(installed.err()).isZero();
    assertThat(user.resolve("named")).exists();
    assertThat(
            kernelspec("install", source.toString(), "--InstallKernelSpec.user=perhaps").status())
        .isEqualTo(CommandFailure.MISUSED);
  }

  @Test
  void removesAfterAQuestionOrWithoutOne() throws IOException {
    spec(user.resolve("one"), "sh");
    spec(user.resolve("two"), "sh");
    Typed.Outcome no = typed.answering("n\n", KernelSpecCommand::new, "remove", "one");
    assertThat(no.status()).isZero();
    assertThat(no.out()).contains("Remove 1 kernel specs [y/N]: ");
    assertThat(user.resolve("one")).exists();
    Typed.Outcome nobody = kernelspec("remove", "one");
    assertThat(nobody.status()).isEqualTo(1);
    assertThat(nobody.err()).contains("-f");
    assertThat(user.resolve("one")).exists();
    assertThat(typed.answering("y\n", KernelSpecCommand::new, "remove", "one").out())
        .contains("Removed " + user.resolve("one"));
    assertThat(user.resolve("one")).doesNotExist();
    Typed.Outcome unknown = kernelspec("remove", "-f", "two", "three");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("Couldn't find kernel spec(s): three");
    assertThat(user.resolve("two")).exists();
    assertThat(kernelspec("uninstall", "two", "-y").status()).isZero();
    assertThat(user.resolve("two")).doesNotExist();
  }

  @Test
  void thoseWithoutTheirProgramAreFoundAndRemoved() throws IOException {
    spec(user.resolve("good"), "sh");
    spec(user.resolve("bad"), "/nowhere/python");
    assertThat(kernelspec("list", "--missing").out()).contains("bad").doesNotContain("good");
    assertThat(kernelspec("remove", "--missing", "-f").status()).isZero();
    assertThat(user.resolve("good")).exists();
    assertThat(user.resolve("bad")).doesNotExist();
  }

  @Test
  void theKernelOfOurOwnEnvironmentIsListedWhileThereIsNoOther() throws IOException {
    Path own = typed.home().resolve(".local/share/jupyter/orrery-python");
    Path bin = Files.createDirectories(own.resolve("build-1/bin"));
    Files.createFile(
        bin.resolve("python"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    spec(own.resolve("build-1/share/jupyter/kernels/python3"), "python");
    assertThat(kernelspec("list").out()).isEqualTo("No kernels available\n");
    Files.createSymbolicLink(own.resolve("current"), Path.of("build-1"));
    assertThat(kernelspec("list").out()).contains("  python3    " + own.resolve("current"));
    assertThat(kernelspec("remove", "-f", "python3").err()).contains("Couldn't find");

    Path installed = spec(user.resolve("py"), "python").resolve("kernel.json");
    Files.writeString(installed, "{\"argv\": [\"python\"], \"language\": \"Python\"}");
    assertThat(kernelspec("list").out()).contains("  py    ").doesNotContain("python3");
  }

  @Test
  void unknownWordsAndOptionsAreAnsweredWithTheNearest() {
    Typed.Outcome word = kernelspec("lst");
    assertThat(word.status()).isEqualTo(1);
    assertThat(word.err()).contains("did you mean list?");
    Typed.Outcome option = kernelspec("list", "--jason");
    assertThat(option.status()).isEqualTo(CommandFailure.MISUSED);
    assertThat(option.err()).contains("--jason", "--json");
    assertThat(kernelspec("list", "more").status()).isEqualTo(CommandFailure.MISUSED);
    for (String command : List.of("list", "install", "remove")) {
      Typed.Outcome help = kernelspec(command, "--help");
      assertThat(help.status()).isZero();
      assertThat(help.out()).startsWith("Usage: orrery kernelspec " + command);
    }
  }
}
