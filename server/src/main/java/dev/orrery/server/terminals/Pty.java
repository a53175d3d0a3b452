package dev.orrery.server.terminals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The master side of a pseudo terminal, and the few system calls around it. Calls do not wait: the
 * descriptor is non-blocking and {@link #poll} has a limit, but poll must be called on a platform
 * thread.
 */
@SuppressWarnings("restricted")
final class Pty implements AutoCloseable {

  private static final boolean MAC =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
  private static final int O_RDWR = 2;
  private static final int O_NOCTTY = MAC ? 0x20000 : 0x100;
  private static final int O_CLOEXEC = MAC ? 0x1000000 : 0x80000;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;
  private static final int O_NONBLOCK = MAC ? 0x4 : 0x800;
  private static final long TIOCSWINSZ = MAC ? 0x80087467L : 0x5414L;
  private static final int EAGAIN = MAC ? 35 : 11;
  private static final int EINTR = 4;
  static final short POLLIN = 1;
  static final short POLLOUT = 4;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle CAPTURED =
      CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle OPEN = call("posix_openpt", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle GRANT = call("grantpt", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle UNLOCK = call("unlockpt", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle NAME =
      call("ptsname_r", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, LONG));
  private static final MethodHandle READ =
      call("read", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));
  private static final MethodHandle WRITE =
      call("write", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));
  private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle PIPE =
      call("pipe", FunctionDescriptor.of(INT, ValueLayout.ADDRESS));
  private static final MethodHandle POLL =
      call("poll", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG, INT));
  private static final MethodHandle IOCTL =
      variadic("ioctl", FunctionDescriptor.of(INT, INT, LONG, ValueLayout.ADDRESS));
  private static final MethodHandle FCNTL =
      variadic("fcntl", FunctionDescriptor.of(INT, INT, INT, INT));

  private static MethodHandle call(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, ERRNO);
  }

  private static MethodHandle variadic(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        descriptor,
        ERRNO,
        Linker.Option.firstVariadicArg(2));
  }

  /** What a call gave back and why it failed. */
  private record Result(long value, int errno) {}

  @FunctionalInterface
  private interface Native {
    long call(Arena arena, MemorySegment errno) throws Throwable;
  }

  private static Result run(Native nativeCall) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment capture = arena.allocate(CAPTURE);
      long value = nativeCall.call(arena, capture);
      return new Result(value, value < 0 ? (int) CAPTURED.get(capture, 0L) : 0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("A native call can't throw", e);
    }
  }

  private final int master;
  private final Path slave;
  private boolean closed;

  private Pty(int master, Path slave) {
    this.master = master;
    this.slave = slave;
  }

  /** Opens a new pseudo terminal of the given size. */
  static Pty open(int rows, int columns) throws IOException {
    // On macOS posix_openpt takes no O_CLOEXEC; the flag is set right after.
    int flags = O_RDWR | O_NOCTTY | (MAC ? 0 : O_CLOEXEC);
    int master =
        (int) check(run((_, errno) -> (int) OPEN.invokeExact(errno, flags)), "posix_openpt");
    try {
      check(run((_, errno) -> (int) GRANT.invokeExact(errno, master)), "grantpt");
      check(run((_, errno) -> (int) UNLOCK.invokeExact(errno, master)), "unlockpt");
      check(
          run((_, errno) -> (int) FCNTL.invokeExact(errno, master, F_SETFD, FD_CLOEXEC)), "fcntl");
      int status =
          (int)
              check(run((_, errno) -> (int) FCNTL.invokeExact(errno, master, F_GETFL, 0)), "fcntl");
      check(
          run((_, errno) -> (int) FCNTL.invokeExact(errno, master, F_SETFL, status | O_NONBLOCK)),
          "fcntl");
      Pty pty = new Pty(master, Path.of(slaveName(master)));
      // Before anything starts in it: a shell that begins in a window of 0 by 0 draws its prompt
      // wrongly.
      pty.resize(rows, columns);
      return pty;
    } catch (IOException | RuntimeException e) {
      run((_, errno) -> (int) CLOSE.invokeExact(errno, master));
      throw e;
    }
  }

  private static String slaveName(int master) throws IOException {
    String[] name = {""};
    Result result =
        run((arena, errno) -> {
          MemorySegment buffer = arena.allocate(256);
          int failed = (int) NAME.invokeExact(errno, master, buffer, 256L);
          name[0] = buffer.getString(0);
          return failed;
        });
    if (result.value() != 0) {
      throw new IOException(
          "ptsname_r failed with error " + Math.max(result.value(), result.errno()));
    }
    return name[0];
  }

  private static long check(Result result, String call) throws IOException {
    if (result.value() < 0) {
      throw new IOException(call + " failed with error " + result.errno());
    }
    return result.value();
  }

  int descriptor() {
    return master;
  }

  /** The device a process has as its terminal. */
  Path slave() {
    return slave;
  }

  /** Tells the terminal, and through a signal its processes, the size of the window. */
  synchronized void resize(int rows, int columns) {
    if (closed) {
      return;
    }
    run((arena, errno) -> {
      MemorySegment size = arena.allocate(8);
      size.set(ValueLayout.JAVA_SHORT, 0, (short) rows);
      size.set(ValueLayout.JAVA_SHORT, 2, (short) columns);
      return (int) IOCTL.invokeExact(errno, master, TIOCSWINSZ, size);
    });
  }

  /**
   * Reads what is there.
   *
   * @return the number of bytes, 0 when there is nothing now, -1 when the other side is gone
   */
  synchronized int read(byte[] buffer) {
    if (closed) {
      return -1;
    }
    Result result =
        run((arena, errno) -> {
          MemorySegment segment = arena.allocate(buffer.length);
          long count = (long) READ.invokeExact(errno, master, segment, (long) buffer.length);
          if (count > 0) {
            MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, 0, buffer, 0, (int) count);
          }
          return count;
        });
    if (result.value() > 0) {
      return (int) result.value();
    }
    // Linux answers EIO once the last process with the slave open has gone.
    return result.value() < 0 && (result.errno() == EAGAIN || result.errno() == EINTR) ? 0 : -1;
  }

  /**
   * Writes as much as the terminal takes now.
   *
   * @return the number of bytes written, 0 when its buffer is full, -1 when the other side is gone
   */
  synchronized int write(byte[] bytes, int offset, int length) {
    if (closed) {
      return -1;
    }
    Result result =
        run((arena, errno) -> {
          MemorySegment segment = arena.allocate(length);
          MemorySegment.copy(bytes, offset, segment, ValueLayout.JAVA_BYTE, 0, length);
          return (long) WRITE.invokeExact(errno, master, segment, (long) length);
        });
    if (result.value() >= 0) {
      return (int) result.value();
    }
    return result.errno() == EAGAIN || result.errno() == EINTR ? 0 : -1;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      run((_, errno) -> (int) CLOSE.invokeExact(errno, master));
    }
  }

  /** A pipe to ourselves that ends a {@link #poll} of another thread. Thread-safe. */
  static final class Wake implements AutoCloseable {
    private final int in;
    private final int out;
    private boolean closed;

    private Wake(int in, int out) {
      this.in = in;
      this.out = out;
    }

    static Wake open() throws IOException {
      int[] ends = new int[2];
      check(
          run((arena, errno) -> {
            MemorySegment pair = arena.allocate(8, 4);
            int result = (int) PIPE.invokeExact(errno, pair);
            ends[0] = pair.get(INT, 0);
            ends[1] = pair.get(INT, 4);
            return result;
          }),
          "pipe");
      for (int end : ends) {
        run((_, errno) -> (int) FCNTL.invokeExact(errno, end, F_SETFD, FD_CLOEXEC));
        run((_, errno) -> (int) FCNTL.invokeExact(errno, end, F_SETFL, O_NONBLOCK));
      }
      return new Wake(ends[0], ends[1]);
    }

    /** What the waiting thread polls. */
    Interest interest() {
      return new Interest(in, POLLIN);
    }

    /** Ends the poll that runs or the next one. A full pipe is as good as one byte in it. */
    synchronized void wake() {
      if (!closed) {
        run((arena, errno) -> (long) WRITE.invokeExact(errno, out, arena.allocate(1), 1L));
      }
    }

    /** Takes what {@link #wake} left, so that the next poll waits again. */
    synchronized void drain() {
      if (!closed) {
        run((arena, errno) -> (long) READ.invokeExact(errno, in, arena.allocate(4096), 4096L));
      }
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        run((_, errno) -> (int) CLOSE.invokeExact(errno, in));
        run((_, errno) -> (int) CLOSE.invokeExact(errno, out));
      }
    }
  }

  /** A descriptor to wait for, and what for. */
  record Interest(int descriptor, short events) {}

  /**
   * Waits until one of the descriptors is ready.
   *
   * @param limitMillis how long at most; -1 for as long as it takes
   * @return for each interest the events that are true; all zero after {@code limitMillis}
   */
  static short[] poll(List<Interest> interests, int limitMillis) {
    short[] ready = new short[interests.size()];
    run((arena, errno) -> {
      MemorySegment array = arena.allocate(8L * Math.max(1, interests.size()), 4);
      for (int i = 0; i < interests.size(); i++) {
        array.set(INT, 8L * i, interests.get(i).descriptor());
        array.set(ValueLayout.JAVA_SHORT, 8L * i + 4, interests.get(i).events());
        array.set(ValueLayout.JAVA_SHORT, 8L * i + 6, (short) 0);
      }
      int count = (int) POLL.invokeExact(errno, array, (long) interests.size(), limitMillis);
      for (int i = 0; i < interests.size() && count > 0; i++) {
        ready[i] = array.get(ValueLayout.JAVA_SHORT, 8L * i + 6);
      }
      return count;
    });
    return ready;
  }
}
