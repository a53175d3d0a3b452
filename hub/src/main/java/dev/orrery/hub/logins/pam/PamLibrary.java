package dev.orrery.hub.logins.pam;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Linux-PAM, as {@code pam(3)} describes it. Calls block, for seconds after a wrong password, and
 * belong on platform threads.
 */
@SuppressWarnings("restricted") // Calling C is what this is for.
final class PamLibrary {

  private static final String NAME = "libpam.so.0";

  private static final int SUCCESS = 0;
  private static final int CONVERSATION_ERROR = 19;
  private static final int PROMPT_ECHO_OFF = 1;

  /** Refreshes what an earlier login left, as JupyterHub does. */
  private static final int REINITIALIZE_CREDENTIALS = 0x0008;

  private static final int DISALLOW_NULL_PASSWORD = 0x0001;
  private static final int MOST_MESSAGES = 32;
  private static final long RESPONSE_BYTES = 16;

  private final Linker linker = Linker.nativeLinker();
  private final MethodHandle start;
  private final Optional<MethodHandle> startConfdir;
  private final MethodHandle authenticate;
  private final MethodHandle accountManagement;
  private final MethodHandle setCredentials;
  private final MethodHandle end;
  private final MethodHandle errorText;
  private final MethodHandle calloc;
  private final MethodHandle strdup;

  private PamLibrary(SymbolLookup library) {
    var four = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    var five = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    var flags = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
    start = function(library, "pam_start", four);
    startConfdir =
        library.find("pam_start_confdir").map(symbol -> linker.downcallHandle(symbol, five));
    authenticate = function(library, "pam_authenticate", flags);
    accountManagement = function(library, "pam_acct_mgmt", flags);
    setCredentials = function(library, "pam_setcred", flags);
    end = function(library, "pam_end", flags);
    errorText =
        function(library, "pam_strerror", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    SymbolLookup standard = linker.defaultLookup();
    calloc = function(standard, "calloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    strdup = function(standard, "strdup", FunctionDescriptor.of(ADDRESS, ADDRESS));
  }

  private MethodHandle function(SymbolLookup library, String name, FunctionDescriptor descriptor) {
    return linker.downcallHandle(library.find(name).orElseThrow(), descriptor);
  }

  /** The library of this machine; nothing where there is none. */
  static Optional<PamLibrary> load() {
    try {
      return Optional.of(new PamLibrary(SymbolLookup.libraryLookup(NAME, Arena.global())));
    } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
      return Optional.empty();
    }
  }

  /**
   * What to ask.
   *
   * @param service the name of a file in {@code /etc/pam.d}
   * @param folder where that file is instead; for tests
   * @param answers what is answered to prompts for something secret, in order, the last one again
   * @param checkAccount whether the account must be in order, too: not expired, allowed now
   */
  record Question(
      String service,
      Optional<Path> folder,
      String user,
      List<String> answers,
      boolean checkAccount) {
    Question {
      answers = List.copyOf(answers);
    }
  }

  /**
   * Asks.
   *
   * @return nothing when all is well, else what PAM says, for the log
   */
  Optional<String> ask(Question question) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment conversation = arena.allocate(ADDRESS.byteSize() * 2, ADDRESS.byteAlignment());
      conversation.set(ADDRESS, 0, stub(new Conversation(question.answers(), arena), arena));
      conversation.set(ADDRESS, ADDRESS.byteSize(), MemorySegment.NULL);
      MemorySegment out = arena.allocate(ADDRESS);
      int status = start(question, conversation, out, arena);
      MemorySegment handle = out.get(ADDRESS, 0);
      if (status != SUCCESS) {
        return Optional.of("PAM can't be asked: error " + status);
      }
      try {
        status = (int) authenticate.invokeExact(handle, DISALLOW_NULL_PASSWORD);
        if (status == SUCCESS && question.checkAccount()) {
          status = (int) accountManagement.invokeExact(handle, 0);
        }
        if (status == SUCCESS) {
          // What this says is of no consequence: some modules refuse it to who is not root.
          int ignored = (int) setCredentials.invokeExact(handle, REINITIALIZE_CREDENTIALS);
          assert ignored >= 0;
        }
        return status == SUCCESS ? Optional.empty() : Optional.of(text(handle, status));
      } finally {
        int ended = (int) end.invokeExact(handle, status);
        assert ended >= 0;
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("Calling PAM failed", e);
    }
  }

  private int start(Question question, MemorySegment conversation, MemorySegment out, Arena arena)
      throws Throwable {
    MemorySegment service = arena.allocateFrom(question.service());
    MemorySegment user = arena.allocateFrom(question.user());
    if (question.folder().isEmpty()) {
      return (int) start.invokeExact(service, user, conversation, out);
    }
    MemorySegment folder = arena.allocateFrom(question.folder().get().toString());
    return (int) startConfdir.orElseThrow().invokeExact(service, user, conversation, folder, out);
  }

  private String text(MemorySegment handle, int status) throws Throwable {
    MemorySegment text = (MemorySegment) errorText.invokeExact(handle, status);
    return text.equals(MemorySegment.NULL)
        ? "error " + status
        : text.reinterpret(1_024).getString(0);
  }

  private MemorySegment stub(Conversation conversation, Arena arena) {
    try {
      MethodHandle converse =
          MethodHandles.lookup()
              .findVirtual(
                  Callback.class,
                  "converse",
                  MethodType.methodType(
                      int.class,
                      int.class,
                      MemorySegment.class,
                      MemorySegment.class,
                      MemorySegment.class))
              .bindTo(conversation);
      return linker.upcallStub(
          converse, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS), arena);
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code int conv(int, const struct pam_message **, struct pam_response **, void *)}. */
  private interface Callback {
    @SuppressWarnings("UnusedMethod") // C calls it.
    int converse(int count, MemorySegment messages, MemorySegment out, MemorySegment data);
  }

  /** Answers the prompts of one login. An exception here would end the whole process. */
  private final class Conversation implements Callback {

    private final List<String> answers;
    private final Arena arena;
    private int asked;

    Conversation(List<String> answers, Arena arena) {
      this.answers = answers;
      this.arena = arena;
    }

    @Override
    public int converse(int count, MemorySegment messages, MemorySegment out, MemorySegment data) {
      try {
        if (count <= 0 || count > MOST_MESSAGES) {
          return CONVERSATION_ERROR;
        }
        // PAM frees what it is answered, so that it has to come from where C takes memory.
        MemorySegment responses =
            ((MemorySegment) calloc.invokeExact((long) count, RESPONSE_BYTES))
                .reinterpret(count * RESPONSE_BYTES);
        MemorySegment pointers = messages.reinterpret(count * ADDRESS.byteSize());
        for (int i = 0; i < count; i++) {
          MemorySegment message = pointers.getAtIndex(ADDRESS, i).reinterpret(RESPONSE_BYTES);
          if (message.get(JAVA_INT, 0) == PROMPT_ECHO_OFF && !answers.isEmpty()) {
            String answer = answers.get(Math.min(asked++, answers.size() - 1));
            MemorySegment copy = (MemorySegment) strdup.invokeExact(arena.allocateFrom(answer));
            responses.set(ADDRESS, i * RESPONSE_BYTES, copy);
          }
        }
        out.reinterpret(ADDRESS.byteSize()).set(ADDRESS, 0, responses);
        return SUCCESS;
      } catch (Throwable e) {
        return CONVERSATION_ERROR;
      }
    }
  }
}
