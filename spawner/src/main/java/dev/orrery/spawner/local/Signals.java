package dev.orrery.spawner.local;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Sends signals; Java itself can send two of them, and none to a group. */
@SuppressWarnings("restricted") // The distribution grants native access; there is no pure Java way.
final class Signals {

  static final int INTERRUPT = 2;
  static final int KILL = 9;
  static final int TERMINATE = 15;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle KILL_CALL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("kill"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private Signals() {}

  /** To one process. */
  static void toProcess(long pid, int signal) {
    send((int) pid, signal);
  }

  /** To all processes of a group. */
  static void toGroup(long group, int signal) {
    send((int) -group, signal);
  }

  /** Whoever is gone gets no signal, which is as good; who may not be signalled is seen to stay. */
  private static void send(int target, int signal) {
    if (target == 0 || target == -1 || target == 1) {
      throw new IllegalArgumentException("a signal to " + target + " reaches more than a server");
    }
    try {
      int ignored = (int) KILL_CALL.invokeExact(target, signal);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
