package dev.orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The contents API and the files it leaves behind. */
class ContentsTest extends ServerTest {

  private static final String API = "/api/contents";
  private static final String NOTEBOOK =
      "{\"cells\":[],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}";

  private Path file(String name, String text) throws IOException {
    Path file = server().root.resolve(name);
    TestNotebookServer.write(file, text);
    return file;
  }

  private static String saved(String type, String format, String content) {
    return Json.text(Json.object().put("type", type).put("format", format).put("content", content));
  }

  private static String text(String content) {
    return saved("file", "text", content);
  }

  private static String notebook(String content) {
    return "{\"type\":\"notebook\",\"format\":\"json\",\"content\":" + content + "}";
  }

  private static String resource(String name) throws IOException {
    try (var in = ContentsTest.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("No resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Answer get(String path) throws IOException {
    return server().ask("GET", API + path);
  }

  @Test
  void aModelHasAllItsKeys() throws IOException {
    file("a.txt", "hi\n");
    Answer answer = get("/a.txt");
    JsonNode model = answer.json();
    assertThat(model.propertyNames())
        .containsExactlyInAnyOrder(
            "name",
            "path",
            "type",
            "writable",
            "created",
            "last_modified",
            "mimetype",
            "content",
            "format",
            "size",
            "hash",
            "hash_algorithm");
    assertThat(model.path("content").asString()).isEqualTo("hi\n");
    assertThat(model.path("format").asString()).isEqualTo("text");
    assertThat(model.path("type").asString()).isEqualTo("file");
    assertThat(model.path("mimetype").asString()).isEqualTo("text/plain");
    assertThat(model.path("size").asInt()).isEqualTo(3);
    assertThat(model.path("hash").isNull()).isTrue();
    assertThat(model.path("last_modified").asString())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    assertThat(answer.header("Last-Modified")).endsWith("GMT");
  }

  @Test
  void contentIsLeftOutAndAHashAddedWhenAsked() throws IOException {
    file("a.txt", "hi\n");
    JsonNode bare = get("/a.txt?content=0").json();
    assertThat(bare.path("content").isNull()).isTrue();
    assertThat(bare.path("format").isNull()).isTrue();
    for (String content : List.of("0", "1")) {
      JsonNode hashed = get("/a.txt?hash=1&content=" + content).json();
      assertThat(hashed.path("hash").asString())
          .isEqualTo("98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4");
      assertThat(hashed.path("hash_algorithm").asString()).isEqualTo("sha256");
    }
  }

  @Test
  void questionsThatMakeNoSenseAreRefused() throws IOException {
    file("a.txt", "hi\n");
    Files.createDirectory(server().root.resolve("d"));
    Files.write(server().root.resolve("b.bin"), new byte[] {(byte) 0xff, 0});
    for (String query : List.of("content=2", "content=x", "hash=x", "format=xml", "format=json")) {
      assertThat(get("/a.txt?" + query).status()).as(query).isEqualTo(400);
    }
    assertReason("/a.txt?type=directory", "bad type");
    assertReason("/d?type=file", "bad type");
    assertReason("/d?type=notebook", "bad type");
    assertReason("/b.bin?format=text", "bad format");
    assertThat(get("/a.txt?type=bogus").json().path("type").asString()).isEqualTo("file");
    assertThat(get("/a.txt?1738320000000").status()).isEqualTo(200);
  }

  private void assertReason(String path, String reason) throws IOException {
    Answer answer = get(path);
    assertThat(answer.status()).as(path).isEqualTo(400);
    assertThat(answer.json().path("reason").asString()).isEqualTo(reason);
  }

  @Test
  void whatIsNotTextIsBase64() throws IOException {
    byte[] bytes = new byte[100];
    bytes[0] = (byte) 0xff;
    Files.write(server().root.resolve("b.bin"), bytes);
    JsonNode model = get("/b.bin").json();
    assertThat(model.path("format").asString()).isEqualTo("base64");
    assertThat(model.path("content").asString().lines().toList())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(76))
        .hasSize(2);
    file("t.txt", "hi");
    assertThat(get("/t.txt?format=base64").json().path("content").asString()).isEqualTo("aGk=\n");
  }

  @Test
  void aFolderListsItsEntriesWithoutTheirContent() throws IOException {
    file("d/a.txt", "1");
    file("d/n.ipynb", NOTEBOOK);
    file("d/sub/x", "1");
    file("d/.hidden", "1");
    file("d/x.pyc", "1");
    file("d/x~", "1");
    file("d/__pycache__/x", "1");
    Files.createSymbolicLink(server().root.resolve("d/dangling"), Path.of("nowhere"));
    JsonNode model = get("/d").json();
    assertThat(model.path("type").asString()).isEqualTo("directory");
    assertThat(model.path("format").asString()).isEqualTo("json");
    assertThat(model.path("size").isNull()).isTrue();
    assertThat(model.path("content").valueStream().map(e -> e.path("name").asString()))
        .containsExactlyInAnyOrder("a.txt", "n.ipynb", "sub", "dangling");
    for (JsonNode entry : model.path("content")) {
      assertThat(entry.path("path").asString()).isEqualTo("d/" + entry.path("name").asString());
      assertThat(entry.path("content").isNull()).isTrue();
    }
    assertThat(get("/d?content=0").json().path("content").isNull()).isTrue();
    assertThat(get("").json().path("path").asString()).isEmpty();
  }

  @Test
  void tenThousandEntriesAreListed() throws IOException {
    Path many = Files.createDirectory(server().root.resolve("many"));
    for (int i = 0; i < 10_000; i++) {
      Files.createFile(many.resolve("f" + i));
    }
    assertThat(get("/many").json().path("content").size()).isEqualTo(10_000);
  }

  @Test
  void whatIsMissingOrHiddenIsNotFoundInAPlainSentence() throws IOException {
    file(".hidden", "x");
    file(".dir/a", "x");
    for (String path : List.of("/nope", "/.hidden", "/.dir/a", "/.dir")) {
      Answer answer = get(path);
      assertThat(answer.status()).as(path).isEqualTo(404);
      assertThat(answer.body()).isEqualTo("file or directory '" + path + "' does not exist");
    }
    assertThat(server().ask("GET", "/files/.hidden").status()).isEqualTo(404);
  }

  @Test
  void hiddenFilesCanNotBeChanged() throws IOException {
    Path hidden = file(".hidden", "x");
    file("a", "x");
    assertThat(server().ask("PUT", API + "/.hidden", text("y")).status()).isEqualTo(400);
    assertThat(server().ask("DELETE", API + "/.hidden").status()).isEqualTo(400);
    assertThat(server().ask("PATCH", API + "/a", "{\"path\":\".b\"}").status()).isEqualTo(400);
    assertThat(server().ask("PATCH", API + "/.hidden", "{\"path\":\"b\"}").status()).isEqualTo(400);
    assertThat(hidden).hasContent("x");
  }

  @Test
  void hiddenFilesAreThereWhereThatIsSet() throws IOException {
    var server = server("--ContentsManager.allow_hidden=True");
    file(".hidden", "x");
    assertThat(get("/.hidden").status()).isEqualTo(200);
    assertThat(get("").json().path("content").size()).isEqualTo(1);
    assertThat(server.ask("PUT", API + "/.new", text("y")).status()).isEqualTo(201);
  }

  @Test
  void noPathLeavesTheRootWhereHiddenFilesAreShown() throws IOException {
    server("--ContentsManager.allow_hidden=True");
    assertNothingOutsideIsReached();
  }

  @Test
  void noPathLeavesTheRoot() throws IOException {
    assertNothingOutsideIsReached();
  }

  private void assertNothingOutsideIsReached() throws IOException {
    TestNotebookServer.write(server().home.resolve("outside.txt"), "secret");
    TestNotebookServer.write(server().home.resolve("files2/outside.txt"), "secret");
    file("a", "x");
    for (String path :
        List.of(
            "/../outside.txt",
            "/%2e%2e/outside.txt",
            "/..%2Foutside.txt",
            "/a/../../outside.txt",
            "/../files2/outside.txt",
            "//etc/passwd",
            "/%2Fetc%2Fpasswd",
            "/a%00b")) {
      Answer answer = get(path);
      assertThat(answer.status()).as(path).isIn(404, 400);
      assertThat(answer.body()).as(path).doesNotContain("secret").doesNotContain("root:");
      assertThat(server().ask("GET", "/files" + path).status()).as(path).isIn(404, 400);
    }
    assertThat(server().ask("PATCH", API + "/a", "{\"path\":\"../b\"}").status()).isEqualTo(404);
    assertThat(server().ask("POST", API, "{\"copy_from\":\"../outside.txt\"}").status())
        .isEqualTo(404);
    assertThat(server().home.resolve("b")).doesNotExist();
  }

  @Test
  void newFilesGetTheNextFreeName() throws IOException {
    assertThat(created("", "{\"type\":\"notebook\"}")).isEqualTo("Untitled.ipynb");
    assertThat(created("", "{\"type\":\"notebook\"}")).isEqualTo("Untitled1.ipynb");
    assertThat(created("", "{\"ext\":\".ipynb\"}")).isEqualTo("Untitled2.ipynb");
    assertThat(created("", "{\"type\":\"file\",\"ext\":\".txt\"}")).isEqualTo("untitled.txt");
    assertThat(created("", "{\"type\":\"file\",\"ext\":\".txt\"}")).isEqualTo("untitled1.txt");
    assertThat(created("", "{\"ext\":\".py\"}")).isEqualTo("untitled.py");
    assertThat(created("", "{\"type\":\"file\"}")).isEqualTo("untitled");
    assertThat(created("", "")).isEqualTo("untitled1");
    assertThat(created("", "{\"type\":\"directory\"}")).isEqualTo("Untitled Folder");
    assertThat(created("", "{\"type\":\"directory\"}")).isEqualTo("Untitled Folder 1");
    assertThat(created("/Untitled%20Folder", "{}")).isEqualTo("Untitled Folder/untitled");
    assertThat(server().root.resolve("Untitled.ipynb"))
        .hasContent(
            "{\n \"cells\": [],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n");
    Answer answer = server().ask("POST", API, "{\"type\":\"directory\"}");
    assertThat(answer.header("Location")).isEqualTo("/api/contents/Untitled%20Folder%202");
    assertThat(server().ask("POST", API + "/nope", "{}").status()).isEqualTo(404);
    assertThat(server().ask("POST", API + "/untitled", "{}").status()).isEqualTo(400);
  }

  private String created(String folder, String body) throws IOException {
    Answer answer = server().ask("POST", API + folder, body);
    assertThat(answer.status()).as(body).isEqualTo(201);
    return answer.json().path("path").asString();
  }

  @Test
  void copiesKeepTheirNameWhereItIsFree() throws IOException {
    file("x.txt", "1");
    file("a.tar.gz", "1");
    file("n.b.ipynb", NOTEBOOK);
    file("d/inside", "1");
    Files.createDirectory(server().root.resolve("other"));
    assertThat(created("", "{\"copy_from\":\"x.txt\"}")).isEqualTo("x-Copy1.txt");
    assertThat(created("", "{\"copy_from\":\"x-Copy1.txt\"}")).isEqualTo("x-Copy2.txt");
    assertThat(created("", "{\"copy_from\":\"a.tar.gz\"}")).isEqualTo("a-Copy1.tar.gz");
    assertThat(created("", "{\"copy_from\":\"n.b.ipynb\"}")).isEqualTo("n.b-Copy1.ipynb");
    assertThat(created("", "{\"copy_from\":\"d\"}")).isEqualTo("d-Copy1");
    assertThat(server().root.resolve("d-Copy1/inside")).hasContent("1");
    assertThat(created("/other", "{\"copy_from\":\"/x.txt\"}")).isEqualTo("other/x.txt");
    assertThat(created("/other", "{\"copy_from\":\"x.txt\"}")).isEqualTo("other/x-Copy1.txt");
    assertThat(created("/other", "{\"copy_from\":\"d\"}")).isEqualTo("other/d");
    assertThat(server().ask("POST", API, "{\"copy_from\":\"nope\"}").status()).isEqualTo(404);
    assertThat(server().ask("POST", API + "/x.txt", "{\"copy_from\":\"d\"}").status())
        .isEqualTo(400);
    assertThat(server().ask("POST", API + "/d", "{\"copy_from\":\"d\"}").status())
        .as("into itself")
        .isIn(400, 201);
  }

  @Test
  void filesAreSavedAndSavedAgain() throws IOException {
    Answer first = server().ask("PUT", API + "/a%20b.txt", text("ü\r\n"));
    assertThat(first.status()).isEqualTo(201);
    assertThat(first.header("Location")).isEqualTo("/api/contents/a%20b.txt");
    assertThat(first.json().path("content").isNull()).isTrue();
    assertThat(server().ask("PUT", API + "/a%20b.txt", text("x")).status()).isEqualTo(200);
    assertThat(server().root.resolve("a b.txt")).hasContent("x");
    server().ask("PUT", API + "/b.bin", saved("file", "base64", "/w\nA="));
    assertThat(Files.readAllBytes(server().root.resolve("b.bin"))).containsExactly(-1, 0);
    assertThat(server().ask("PUT", API + "/d", "{\"type\":\"directory\"}").status()).isEqualTo(201);
    assertThat(server().ask("PUT", API + "/d", "{\"type\":\"directory\"}").status()).isEqualTo(201);
    assertThat(server().ask("PUT", API + "/t", "{\"format\":\"text\",\"content\":\"\"}").status())
        .isEqualTo(201);
  }

  @Test
  void whatCanNotBeSavedIsRefusedAndTheOldFileStays() throws IOException {
    Path old = file("a.txt", "old");
    Files.createDirectory(server().root.resolve("d"));
    for (String body :
        List.of(
            "{bad",
            "[]",
            "{\"type\":\"file\",\"content\":\"x\"}",
            "{\"type\":\"file\",\"format\":\"text\"}",
            "{\"type\":\"file\",\"format\":\"text\",\"content\":5}",
            "{\"type\":\"file\",\"format\":\"base64\",\"content\":\"a\"}",
            "{\"type\":\"directory\"}",
            "{\"copy_from\":\"x\"}",
            notebook("5"),
            notebook("{\"cells\":[]}"))) {
      assertThat(server().ask("PUT", API + "/a.txt", body).status()).as(body).isEqualTo(400);
    }
    assertThat(old).hasContent("old");
    assertThat(server().ask("PUT", API + "/d", text("")).status()).isEqualTo(400);
    Answer nowhere = server().ask("PUT", API + "/no/dir/a", text(""));
    assertThat(nowhere.status()).isEqualTo(500);
    assertThat(nowhere.message()).doesNotContain(server().root.toString());
    assertThat(server().root.resolve(".~a.txt")).doesNotExist();
  }

  @Test
  void aLargeFileArrivesInChunks() throws IOException {
    assertThat(chunk("a", 1).status()).isEqualTo(201);
    assertThat(chunk("b", 2).status()).isEqualTo(200);
    assertThat(chunk("c", -1).status()).isEqualTo(200);
    assertThat(server().root.resolve("big")).hasContent("abc");
    chunk("new", 1);
    assertThat(server().root.resolve("big")).hasContent("new");
    String notebook = notebook(NOTEBOOK).replace("{\"type", "{\"chunk\":1,\"type");
    assertThat(server().ask("PUT", API + "/x.ipynb", notebook).status()).isEqualTo(400);
    assertThat(
            server()
                .ask(
                    "PUT",
                    API + "/big",
                    "{\"chunk\":\"x\",\"type\":\"file\",\"format\":\"text\",\"content\":\"\"}")
                .status())
        .isEqualTo(400);
  }

  private Answer chunk(String content, int number) throws IOException {
    ObjectNode model = (ObjectNode) Json.parse(text(content));
    return server().ask("PUT", API + "/big", Json.text(model.put("chunk", number)));
  }

  @Test
  void aNotebookLiesOnDiskAsItsFormatsOwnLibraryWritesIt() throws IOException {
    Answer answer = server().ask("PUT", API + "/s.ipynb", notebook(resource("sample-api.json")));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().has("message")).isFalse();
    assertThat(Files.readString(server().root.resolve("s.ipynb")))
        .isEqualTo(resource("sample-disk.ipynb"));
  }

  @Test
  void aNotebookIsReadWithItsLinesJoined() throws IOException {
    file("s.ipynb", resource("sample-disk.ipynb"));
    JsonNode model = get("/s.ipynb").json();
    assertThat(model.path("type").asString()).isEqualTo("notebook");
    assertThat(model.path("mimetype").isNull()).isTrue();
    JsonNode cell = model.path("content").path("cells").path(0);
    assertThat(cell.path("source").asString()).isEqualTo("print('é')\n\nx = 1\n");
    assertThat(cell.path("outputs").path(1).path("data").path("text/plain").asString())
        .isEqualTo("1\n2");
    // Saved as it was read, the file does not change.
    server().ask("PUT", API + "/s.ipynb", notebook(Json.text(model.path("content"))));
    assertThat(Files.readString(server().root.resolve("s.ipynb")))
        .isEqualTo(resource("sample-disk.ipynb"));
    assertThat(get("/s.ipynb?type=file").json().path("content").asString())
        .isEqualTo(resource("sample-disk.ipynb"));
  }

  @Test
  void numbersInANotebookKeepTheirDigitsInPythonsNotation() throws IOException {
    String numbers =
        "[1.10, 1.0, 100, -3, 1e5, 1e-5, 2.5E-7, 1e21, 1.5e300, 0.0001, -1.25e-10, 0.0]";
    server()
        .ask(
            "PUT",
            API + "/n.ipynb",
            notebook(NOTEBOOK.replace("\"metadata\":{}", "\"metadata\":{\"n\":" + numbers + "}")));
    assertThat(Files.readString(server().root.resolve("n.ipynb")).replaceAll("\\s", ""))
        .contains("[1.10,1.0,100,-3,100000.0,1e-05,2.5e-07,1e+21,1.5e+300,0.0001,-1.25e-10,0.0]");
  }

  @Test
  void aNotebookThatIsNoneIsToldInASentence() throws IOException {
    file("a.ipynb", "{bad");
    file("b.ipynb", "[]");
    file("c.ipynb", "");
    file("d.ipynb", "{\"nbformat\": 3, \"worksheets\": []}");
    file("e.ipynb", "[".repeat(100_000));
    for (String name : List.of("a", "b", "c", "d", "e")) {
      Answer answer = get("/" + name + ".ipynb");
      assertThat(answer.status()).as(name).isEqualTo(400);
      assertThat(answer.message()).startsWith("Unreadable Notebook: " + name + ".ipynb");
      assertThat(answer.message()).doesNotContain(server().root.toString());
      assertThat(get("/" + name + ".ipynb?content=0").status()).isEqualTo(200);
    }
  }

  @Test
  void anOddNotebookIsShownAndSavedWithAWarning() throws IOException {
    String odd =
        "{\"cells\":[{\"cell_type\":\"heading\",\"source\":\"x\",\"metadata\":{}}],\"metadata\":{},"
            + "\"nbformat\":4,\"nbformat_minor\":5}";
    file("odd.ipynb", odd);
    JsonNode model = get("/odd.ipynb").json();
    assertThat(model.path("message").asString()).startsWith("Notebook validation failed");
    assertThat(model.path("content").path("cells").size()).isOne();
    Answer saved = server().ask("PUT", API + "/odd2.ipynb", notebook(odd));
    assertThat(saved.status()).isEqualTo(201);
    assertThat(saved.json().path("message").asString()).startsWith("Notebook validation failed");
  }

  @Test
  void cellsWithoutIdOrWithATakenOneGetANewOne() throws IOException {
    String cell = "{\"cell_type\":\"markdown\",\"source\":\"\",\"metadata\":{}";
    file(
        "i.ipynb",
        "{\"cells\":["
            + cell
            + ",\"id\":\"a\"},"
            + cell
            + ",\"id\":\"a\"},"
            + cell
            + "}],"
            + "\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}");
    List<String> ids =
        get("/i.ipynb")
            .json()
            .path("content")
            .path("cells")
            .valueStream()
            .map(c -> c.path("id").asString())
            .toList();
    assertThat(ids).doesNotHaveDuplicates().contains("a").allMatch(id -> !id.isEmpty());
  }

  @Test
  void outputsThatCouldActAreTrustedOnceTheUserSaysSo() throws IOException {
    String html =
        "{\"cells\":[{\"cell_type\":\"code\",\"id\":\"a\",\"source\":\"\",\"metadata\":{},"
            + "\"execution_count\":1,\"outputs\":[{\"output_type\":\"display_data\",\"metadata\":{},"
            + "\"data\":{\"text/html\":\"<b>x</b>\"}}]}],\"metadata\":{},\"nbformat\":4,"
            + "\"nbformat_minor\":5}";
    Path file = file("t.ipynb", html);
    assertThat(trusted()).isFalse();
    String before = Files.readString(file);
    assertThat(server().ask("POST", API + "/t.ipynb/trust").status()).isEqualTo(201);
    assertThat(trusted()).isTrue();
    assertThat(file).hasContent(before);
    Files.writeString(file, html.replace("<b>x", "<b>y"));
    assertThat(trusted()).isFalse();
    assertThat(server().ask("POST", API + "/nope.ipynb/trust").status()).isEqualTo(404);
  }

  private boolean trusted() throws IOException {
    return get("/t.ipynb")
        .json()
        .path("content")
        .path("cells")
        .path(0)
        .path("metadata")
        .path("trusted")
        .asBoolean();
  }

  @Test
  void renamingMovesTheFileAndItsCheckpointAndOverwritesNothing() throws IOException {
    file("a.txt", "a");
    file("b.txt", "b");
    Files.createDirectory(server().root.resolve("d"));
    server().ask("POST", API + "/a.txt/checkpoints");
    Answer taken = server().ask("PATCH", API + "/a.txt", "{\"path\":\"b.txt\"}");
    assertThat(taken.status()).isEqualTo(409);
    assertThat(server().root.resolve("b.txt")).hasContent("b");
    Answer moved = server().ask("PATCH", API + "/a.txt", "{\"path\":\"/d/c d.txt\"}");
    assertThat(moved.status()).isEqualTo(200);
    assertThat(moved.json().path("path").asString()).isEqualTo("d/c d.txt");
    assertThat(server().root.resolve("a.txt")).doesNotExist();
    assertThat(get("/d/c%20d.txt/checkpoints").json().size()).isOne();
    assertThat(get("/a.txt").status()).isEqualTo(404);
    assertThat(server().ask("PATCH", API + "/nope", "{\"path\":\"x\"}").status()).isEqualTo(404);
    assertThat(server().ask("PATCH", API + "/b.txt", "{\"path\":\"no/where\"}").status())
        .isEqualTo(404);
    assertThat(server().ask("PATCH", API + "/d", "{\"path\":\"d/e\"}").status()).isEqualTo(400);
    assertThat(server().ask("PATCH", API, "{\"path\":\"x\"}").status()).isEqualTo(400);
    assertThat(server().ask("PATCH", API + "/b.txt", "{\"path\":\"b.txt\"}").status())
        .isEqualTo(200);
  }

  @Test
  void deletingNeverTakesTheRootOrAFullFolder() throws IOException {
    server("--FileContentsManager.delete_to_trash=False");
    file("d/a", "x");
    file("e/.ipynb_checkpoints/x", "x");
    assertThat(server().ask("DELETE", API + "/").status()).isEqualTo(400);
    assertThat(server().ask("DELETE", API).status()).isEqualTo(400);
    assertThat(server().ask("DELETE", API + "/d").status()).isEqualTo(400);
    assertThat(server().root.resolve("d/a")).exists();
    assertThat(server().ask("DELETE", API + "/e").status()).isEqualTo(204);
    assertThat(server().ask("DELETE", API + "/d/a").status()).isEqualTo(204);
    assertThat(server().ask("DELETE", API + "/d").status()).isEqualTo(204);
    assertThat(server().root.resolve("d")).doesNotExist();
    assertThat(server().ask("DELETE", API + "/nope").status()).isEqualTo(404);
  }

  @Test
  void onAnotherFileSystemTheTrashIsAtItsTop() throws IOException {
    Path memory = Path.of("/dev/shm");
    assertThat(Files.getFileStore(memory)).isNotEqualTo(Files.getFileStore(server().root));
    Path folder = Files.createTempDirectory(memory, "orrery-trash-test");
    Path trash = memory.resolve(".Trash-" + Files.getAttribute(folder, "unix:uid"));
    Path record = trash.resolve("info/" + folder.getFileName() + ".txt.trashinfo");
    Path kept = trash.resolve("files/" + folder.getFileName() + ".txt");
    try {
      Files.createSymbolicLink(server().root.resolve("memory"), folder);
      Files.writeString(folder.resolve(folder.getFileName() + ".txt"), "one");
      String file = "/api/contents/memory/" + folder.getFileName() + ".txt";
      assertThat(server().ask("DELETE", file).status()).isEqualTo(204);
      assertThat(kept).hasContent("one");
      assertThat(Files.readString(record))
          .contains("Path=" + folder.getFileName() + "/" + folder.getFileName() + ".txt\n");
    } finally {
      Files.deleteIfExists(record);
      Files.deleteIfExists(kept);
      try (var rest = Files.walk(folder)) {
        for (Path one : rest.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(one);
        }
      }
    }
  }

  @Test
  void whereThereCanBeNoTrashNothingIsDeleted() throws IOException {
    Files.writeString(server().root.resolve("kept.txt"), "kept");
    TestNotebookServer.write(server().home.resolve("share/Trash"), "a file in its place");
    TestNotebookServer.Answer answer = server().ask("DELETE", "/api/contents/kept.txt");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).contains("kept.txt", "delete_to_trash");
    assertThat(server().root.resolve("kept.txt")).hasContent("kept");
  }

  @Test
  void deletedFilesLieInTheTrashWithTheirOrigin() throws IOException {
    file("a b.txt", "one");
    assertThat(server().ask("DELETE", API + "/a%20b.txt").status()).isEqualTo(204);
    file("a b.txt", "two");
    assertThat(server().ask("DELETE", API + "/a%20b.txt").status()).isEqualTo(204);
    Path trash = server().home.resolve("share/Trash");
    assertThat(trash.resolve("files/a b.txt")).hasContent("one");
    assertThat(trash.resolve("files/a b.txt.2")).hasContent("two");
    assertThat(Files.readString(trash.resolve("info/a b.txt.trashinfo")))
        .contains("Path=" + server().root.toString().replace(" ", "%20") + "/a%20b.txt");
  }

  @Test
  void aCheckpointBringsTheOldContentBack() throws IOException {
    Path file = file("a.txt", "old");
    assertThat(get("/a.txt/checkpoints").json().size()).isZero();
    // Not 404: pages ask for those of a file that has just got another name.
    assertThat(get("/gone.txt/checkpoints").body()).isEqualTo("[]");
    Answer made = server().ask("POST", API + "/a.txt/checkpoints");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Location")).isEqualTo("/api/contents/a.txt/checkpoints/checkpoint");
    assertThat(server().root.resolve(".ipynb_checkpoints/a-checkpoint.txt")).hasContent("old");
    Files.writeString(file, "new");
    assertThat(get("/a.txt/checkpoints").json().path(0).path("id").asString())
        .isEqualTo("checkpoint");
    assertThat(server().ask("POST", API + "/a.txt/checkpoints/checkpoint").status()).isEqualTo(204);
    assertThat(file).hasContent("old");
    assertThat(server().ask("POST", API + "/a.txt/checkpoints/nope").status()).isEqualTo(404);
    assertThat(server().ask("DELETE", API + "/a.txt/checkpoints/checkpoint").status())
        .isEqualTo(204);
    assertThat(server().ask("DELETE", API + "/a.txt/checkpoints/checkpoint").status())
        .isEqualTo(404);
    server().ask("PUT", API + "/n.ipynb", notebook(NOTEBOOK));
    assertThat(get("/n.ipynb/checkpoints").json().size()).as("made with the first save").isOne();
  }

  @Test
  void savingKeepsModeGroupAndHardLinks() throws IOException {
    Path plain = file("plain.txt", "old");
    Files.setPosixFilePermissions(plain, PosixFilePermissions.fromString("rw-r-----"));
    Path linked = file("linked.txt", "old");
    Files.createLink(server().root.resolve("twin.txt"), linked);
    Map<String, Object> before = Files.readAttributes(linked, "unix:ino,mode,uid,gid");
    server().ask("PUT", API + "/plain.txt", text("new"));
    server().ask("PUT", API + "/linked.txt", text("new"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(plain)))
        .isEqualTo("rw-r-----");
    assertThat(server().root.resolve("twin.txt")).hasContent("new");
    assertThat(Files.readAttributes(linked, "unix:ino,mode,uid,gid")).isEqualTo(before);
    assertThat(server().root.resolve(".~linked.txt")).doesNotExist();
  }

  @Test
  void savingThroughALinkWritesWhatItLeadsTo() throws IOException {
    Path target = server().home.resolve("t");
    TestNotebookServer.write(target, "old");
    Files.createSymbolicLink(server().root.resolve("link.txt"), target);
    Files.createSymbolicLink(server().root.resolve("new.txt"), Path.of("..", "made"));
    assertThat(get("/link.txt").json().path("content").asString()).isEqualTo("old");
    assertThat(server().ask("PUT", API + "/link.txt", text("new")).status()).isEqualTo(200);
    assertThat(target).hasContent("new");
    assertThat(server().ask("PUT", API + "/new.txt", text("made")).status()).isIn(200, 201);
    assertThat(server().home.resolve("made")).hasContent("made");
    for (String link : List.of("link.txt", "new.txt")) {
      assertThat(Files.isSymbolicLink(server().root.resolve(link))).as(link).isTrue();
    }
    server().ask("DELETE", API + "/link.txt");
    assertThat(Files.exists(server().root.resolve("link.txt"), LinkOption.NOFOLLOW_LINKS))
        .isFalse();
    assertThat(target).exists();
  }

  @Test
  void aFileSavedByManyAtOnceHoldsOneOfTheirContentsWhole() throws Exception {
    var server = server();
    var start = new CountDownLatch(1);
    var statuses = new ArrayList<Future<Integer>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        String content = Character.toString('a' + i).repeat(200_000 + i * 10_000);
        statuses.add(
            threads.submit(() -> {
              start.await();
              return server.ask("PUT", API + "/shared.txt", text(content)).status();
            }));
      }
      start.countDown();
    }
    for (Future<Integer> status : statuses) {
      assertThat(status.get()).isIn(200, 201);
    }
    String content = Files.readString(server.root.resolve("shared.txt"));
    assertThat(content).hasSize(200_000 + (content.charAt(0) - 'a') * 10_000);
    assertThat(content.chars().distinct().count()).isOne();
  }

  @Test
  void aBodyOverTheLimitIsRefused() throws IOException {
    var server = server("--ServerApp.max_body_size=1000");
    Answer answer = server.ask("PUT", API + "/a.txt", text("x".repeat(2_000)));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(server.root.resolve("a.txt")).doesNotExist();
  }

  @Test
  void filesAreServedAsTheyAre() throws IOException {
    file("a.md", "# ü");
    file("n.ipynb", NOTEBOOK);
    file("plain", "text");
    Files.write(server().root.resolve("bin"), new byte[] {0, 1});
    assertThat(server().ask("GET", "/files/a.md").header("Content-Type"))
        .isEqualTo("text/markdown; charset=UTF-8");
    assertThat(server().ask("GET", "/files/n.ipynb").header("Content-Type"))
        .isEqualTo("application/x-ipynb+json");
    assertThat(server().ask("GET", "/files/plain").header("Content-Type")).startsWith("text/plain");
    assertThat(server().ask("GET", "/files/bin").header("Content-Type"))
        .isEqualTo("application/octet-stream");
    assertThat(server().ask("HEAD", "/files/a.md").header("Content-Length")).isEqualTo("4");
    assertThat(
            server()
                .ask(
                    "GET",
                    "/files/a.md",
                    "",
                    "Range",
                    "bytes=0-0",
                    "Authorization",
                    "token " + TestNotebookServer.TOKEN)
                .body())
        .isEqualTo("#");
    assertThat(server().ask("GET", "/files/nope").status()).isEqualTo(404);
  }
}
