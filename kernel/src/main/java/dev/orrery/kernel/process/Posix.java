package dev.orrery.kernel.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * The C functions behind {@link SpawnedProcess}, bound on first use. Names and constants as in
 * {@code spawn.h}, {@code signal.h} and {@code sys/wait.h} of Linux (glibc, musl) and macOS.
 */
@SuppressWarnings("restricted") // The distribution grants native access; there is no pure Java way.
final class Posix {

  static final boolean MAC = System.getProperty("os.name", "").startsWith("Mac");

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_CREAT = MAC ? 0x200 : 0x40;
  static final int O_APPEND = MAC ? 0x8 : 0x400;

  static final short SPAWN_SETSIGDEF = 0x04;
  static final short SPAWN_SETSIGMASK = 0x08;
  static final short SPAWN_SETSID = (short) (MAC ? 0x0400 : 0x80);
  static final short SPAWN_CLOEXEC_DEFAULT = 0x4000;

  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int ENOEXEC = 8;
  static final int EACCES = 13;

  private static final int P_PID = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = MAC ? 0x20 : 0x01000000;

  /** More than {@code siginfo_t}, {@code sigset_t} or any spawn structure takes anywhere. */
  static final long STRUCT_SIZE = 1024;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

  static final MethodHandle SPAWN =
      plain("posix_spawn", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle ATTR_INIT = plain("posix_spawnattr_init", JAVA_INT, ADDRESS);
  static final MethodHandle ATTR_DESTROY = plain("posix_spawnattr_destroy", JAVA_INT, ADDRESS);
  static final MethodHandle ATTR_SETFLAGS =
      plain("posix_spawnattr_setflags", JAVA_INT, ADDRESS, JAVA_SHORT);
  static final MethodHandle ATTR_SETSIGMASK =
      plain("posix_spawnattr_setsigmask", JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle ATTR_SETSIGDEFAULT =
      plain("posix_spawnattr_setsigdefault", JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle ACTIONS_INIT =
      plain("posix_spawn_file_actions_init", JAVA_INT, ADDRESS);
  static final MethodHandle ACTIONS_DESTROY =
      plain("posix_spawn_file_actions_destroy", JAVA_INT, ADDRESS);
  static final MethodHandle ADD_OPEN =
      plain(
          "posix_spawn_file_actions_addopen",
          JAVA_INT,
          ADDRESS,
          JAVA_INT,
          ADDRESS,
          JAVA_INT,
          MAC ? JAVA_SHORT : JAVA_INT);
  static final MethodHandle ADD_DUP2 =
      plain("posix_spawn_file_actions_adddup2", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  static final MethodHandle ADD_CLOSE =
      plain("posix_spawn_file_actions_addclose", JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle SIGEMPTYSET = plain("sigemptyset", JAVA_INT, ADDRESS);
  static final MethodHandle SIGFILLSET = plain("sigfillset", JAVA_INT, ADDRESS);

  /** glibc 2.29, macOS 10.15; musl 1.1.24. */
  static final Optional<MethodHandle> ADD_CHDIR =
      optional("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);

  /** glibc 2.34. */
  static final Optional<MethodHandle> ADD_CLOSEFROM =
      optional("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);

  private static final MethodHandle KILL = plain("kill", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle STRERROR = plain("strerror", ADDRESS, JAVA_INT);
  private static final MethodHandle WAITID =
      capturing("waitid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle WAITPID = capturing("waitpid", JAVA_INT, ADDRESS, JAVA_INT);

  private Posix() {}

  /** What the system says about an error number. */
  static String describe(int errno) {
    MemorySegment text = (MemorySegment) call(() -> STRERROR.invoke(errno));
    return text.reinterpret(STRUCT_SIZE).getString(0);
  }

  /** Whether the signal was sent; a negative {@code pid} is a process group. */
  static boolean kill(long pid, int signal) {
    return (int) call(() -> KILL.invoke((int) pid, signal)) == 0;
  }

  /** Blocks until the child has ended, and leaves it as a zombie, so that its id stays taken. */
  static void awaitEnd(long pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment info = arena.allocate(STRUCT_SIZE, 16);
      int result;
      do {
        result = (int) call(() -> WAITID.invoke(state, P_PID, (int) pid, info, WEXITED | WNOWAIT));
      } while (result != 0 && (int) ERRNO.get(state, 0L) == EINTR);
    }
  }

  /** Takes the ended child's status and frees its id. */
  static ExitStatus reap(long pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment status = arena.allocate(JAVA_INT);
      int result;
      do {
        result = (int) call(() -> WAITPID.invoke(state, (int) pid, status, 0));
      } while (result < 0 && (int) ERRNO.get(state, 0L) == EINTR);
      int bits = status.get(JAVA_INT, 0);
      int signal = bits & 0x7f;
      return signal == 0
          ? new ExitStatus.Exited((bits >> 8) & 0xff)
          : new ExitStatus.Signalled(signal);
    }
  }

  interface Call {
    Object run() throws Throwable;
  }

  /** Runs a native call, whose method handle declares everything though it throws nothing. */
  static Object call(Call call) {
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... parameters) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, parameters));
  }

  private static MethodHandle capturing(String name, MemoryLayout... parameters) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(JAVA_INT, parameters),
        CAPTURE);
  }

  private static Optional<MethodHandle> optional(String name, MemoryLayout... parameters) {
    return LINKER
        .defaultLookup()
        .find(name)
        .map(symbol -> LINKER.downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, parameters)));
  }
}
