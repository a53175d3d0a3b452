package dev.orrery.kernel.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One call of {@code posix_spawn}. */
@SuppressWarnings("restricted")
final class Spawn {

  private static final int FIRST_OTHER_DESCRIPTOR = 3;

  private Spawn() {}

  /** Starts the program and returns its process id. */
  static int run(Path program, SpawnSpec spec) throws IOException {
    List<String> argv = spec.argv();
    Path cwd = spec.cwd().toAbsolutePath();
    if (Posix.ADD_CHDIR.isEmpty()) {
      argv = throughShell(program, argv, cwd);
      program = Path.of("/bin/sh");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(Posix.STRUCT_SIZE, 16);
      MemorySegment actions = arena.allocate(Posix.STRUCT_SIZE, 16);
      MemorySegment pid = arena.allocate(JAVA_INT);
      check(Posix.call(() -> Posix.ATTR_INIT.invoke(attributes)));
      check(Posix.call(() -> Posix.ACTIONS_INIT.invoke(actions)));
      try {
        setAttributes(arena, attributes);
        addStdio(arena, actions, spec.stdio());
        Posix.ADD_CHDIR.ifPresent(
            handle -> check(Posix.call(() -> handle.invoke(actions, utf8(arena, cwd.toString())))));
        closeOthers(actions);
        MemorySegment path = utf8(arena, program.toString());
        MemorySegment arguments = strings(arena, argv);
        MemorySegment environment = strings(arena, environment(spec.env()));
        int error =
            (int)
                Posix.call(() ->
                    Posix.SPAWN.invoke(pid, path, actions, attributes, arguments, environment));
        if (error != 0) {
          throw new IOException(explain(program, error));
        }
        return pid.get(JAVA_INT, 0);
      } finally {
        Posix.call(() -> Posix.ACTIONS_DESTROY.invoke(actions));
        Posix.call(() -> Posix.ATTR_DESTROY.invoke(attributes));
      }
    } catch (IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void setAttributes(Arena arena, MemorySegment attributes) {
    MemorySegment none = arena.allocate(Posix.STRUCT_SIZE, 16);
    MemorySegment all = arena.allocate(Posix.STRUCT_SIZE, 16);
    Posix.call(() -> Posix.SIGEMPTYSET.invoke(none));
    Posix.call(() -> Posix.SIGFILLSET.invoke(all));
    // Java threads block SIGQUIT, and what started us may ignore SIGHUP or SIGINT: a child that
    // inherited that could not be interrupted.
    check(Posix.call(() -> Posix.ATTR_SETSIGMASK.invoke(attributes, none)));
    check(Posix.call(() -> Posix.ATTR_SETSIGDEFAULT.invoke(attributes, all)));
    int flags = Posix.SPAWN_SETSID | Posix.SPAWN_SETSIGMASK | Posix.SPAWN_SETSIGDEF;
    if (Posix.MAC) {
      flags |= Posix.SPAWN_CLOEXEC_DEFAULT;
    }
    short bits = (short) flags;
    check(Posix.call(() -> Posix.ATTR_SETFLAGS.invoke(attributes, bits)));
  }

  private static void addStdio(Arena arena, MemorySegment actions, Stdio stdio) {
    switch (stdio) {
      case Stdio.ToFile(Path file) -> {
        open(arena, actions, 0, "/dev/null", Posix.O_RDONLY);
        String path = file.toAbsolutePath().toString();
        open(arena, actions, 1, path, Posix.O_WRONLY | Posix.O_CREAT | Posix.O_APPEND);
        check(Posix.call(() -> Posix.ADD_DUP2.invoke(actions, 1, 2)));
      }
      case Stdio.Pty(Path slave) -> {
        // The first terminal that the leader of a new session opens becomes its controlling one.
        open(arena, actions, 0, slave.toString(), Posix.O_RDWR);
        check(Posix.call(() -> Posix.ADD_DUP2.invoke(actions, 0, 1)));
        check(Posix.call(() -> Posix.ADD_DUP2.invoke(actions, 0, 2)));
      }
    }
  }

  private static void open(
      Arena arena, MemorySegment actions, int descriptor, String path, int flags) {
    MemorySegment file = utf8(arena, path);
    int mode = 0600;
    check(
        Posix.MAC
            ? Posix.call(
                () -> Posix.ADD_OPEN.invoke(actions, descriptor, file, flags, (short) mode))
            : Posix.call(() -> Posix.ADD_OPEN.invoke(actions, descriptor, file, flags, mode)));
  }

  private static void closeOthers(MemorySegment actions) throws IOException {
    if (Posix.MAC) {
      return;
    }
    if (Posix.ADD_CLOSEFROM.isPresent()) {
      var handle = Posix.ADD_CLOSEFROM.get();
      check(Posix.call(() -> handle.invoke(actions, FIRST_OTHER_DESCRIPTOR)));
      return;
    }
    // Closing one that is gone meanwhile is no error; one opened meanwhile slips through.
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : open) {
        int descriptor = Integer.parseInt(entry.getFileName().toString());
        if (descriptor >= FIRST_OTHER_DESCRIPTOR) {
          check(Posix.call(() -> Posix.ADD_CLOSE.invoke(actions, descriptor)));
        }
      }
    }
  }

  private static List<String> throughShell(Path program, List<String> argv, Path cwd) {
    var command = new ArrayList<String>();
    command.addAll(
        List.of(
            "/bin/sh",
            "-c",
            "cd \"$1\" && shift && exec \"$@\"",
            "sh",
            cwd.toString(),
            program.toString()));
    command.addAll(argv.subList(1, argv.size()));
    return command;
  }

  private static List<String> environment(Map<String, String> env) {
    var entries = new ArrayList<String>(env.size());
    env.forEach((name, value) -> entries.add(name + '=' + value));
    return entries;
  }

  private static MemorySegment strings(Arena arena, List<String> values) throws IOException {
    MemorySegment array = arena.allocate(ADDRESS, values.size() + 1L);
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).indexOf('\0') >= 0) {
        throw new IOException("A program cannot be given text with a zero byte in it.");
      }
      array.setAtIndex(ADDRESS, i, utf8(arena, values.get(i)));
    }
    array.setAtIndex(ADDRESS, values.size(), MemorySegment.NULL);
    return array;
  }

  private static MemorySegment utf8(Arena arena, String value) {
    return arena.allocateFrom(value);
  }

  private static String explain(Path program, int error) {
    return switch (error) {
      case Posix.ENOENT ->
          "'"
              + program
              + "' cannot be run: it, or the interpreter its first line names, is missing.";
      case Posix.EACCES -> "'" + program + "' cannot be run: permission denied.";
      case Posix.ENOEXEC ->
          "'" + program + "' cannot be run: it is no program for this machine, or lacks a #! line.";
      default -> "'" + program + "' cannot be run: " + Posix.describe(error) + '.';
    };
  }

  private static void check(Object result) {
    if ((int) result != 0) {
      throw new IllegalStateException(
          "Preparing a child process failed: " + Posix.describe((int) result) + '.');
    }
  }
}
