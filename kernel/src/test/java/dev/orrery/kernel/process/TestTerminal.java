package dev.orrery.kernel.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** A pseudo terminal that nobody reads. */
@SuppressWarnings("restricted")
final class TestTerminal implements AutoCloseable {

  private static final int O_RDWR_NOCTTY = 2 | (Posix.MAC ? 0x20000 : 0x100);

  private final int master;
  private final Path slave;

  private TestTerminal(int master, Path slave) {
    this.master = master;
    this.slave = slave;
  }

  static TestTerminal open() {
    MethodHandle openpt = bind("posix_openpt", JAVA_INT, JAVA_INT);
    int master = (int) Posix.call(() -> openpt.invoke(O_RDWR_NOCTTY));
    MethodHandle grant = bind("grantpt", JAVA_INT, JAVA_INT);
    Posix.call(() -> grant.invoke(master));
    MethodHandle unlock = bind("unlockpt", JAVA_INT, JAVA_INT);
    Posix.call(() -> unlock.invoke(master));
    MethodHandle name = bind("ptsname", ADDRESS, JAVA_INT);
    MemorySegment text = (MemorySegment) Posix.call(() -> name.invoke(master));
    return new TestTerminal(master, Path.of(text.reinterpret(128).getString(0)));
  }

  Path slave() {
    return slave;
  }

  @Override
  public void close() {
    MethodHandle close = bind("close", JAVA_INT, JAVA_INT);
    Posix.call(() -> close.invoke(master));
  }

  private static MethodHandle bind(String name, MemoryLayout result, MemoryLayout parameter) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, parameter));
  }
}
