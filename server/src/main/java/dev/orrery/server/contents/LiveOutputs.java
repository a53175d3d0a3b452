package dev.orrery.server.contents;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What cells of notebooks have put out and no file has yet, because the page that ran them is gone,
 * or has not saved since. Thread-safe.
 */
public interface LiveOutputs {

  /** There are none. */
  LiveOutputs NONE =
      new LiveOutputs() {
        @Override
        public void merge(String path, ObjectNode notebook) {}

        @Override
        public List<Runnable> saving(String path, ObjectNode notebook) {
          return List.of();
        }

        @Override
        public void replaced(String path) {}
      };

  /**
   * Puts them in the place of the outputs that a notebook's file has.
   *
   * @param path of the notebook, clean
   * @param notebook as it is answered to a page: lines joined, each cell with an id where its
   *     version has them, trust marked
   */
  void merge(String path, ObjectNode notebook);

  /**
   * Compares with what a page saves.
   *
   * @param notebook lines joined, without transient marks
   * @return what to do once the file is there: what is in it is known no more
   */
  List<Runnable> saving(String path, ObjectNode notebook);

  /** The file has become another on purpose: what ran before is not of it. */
  void replaced(String path);
}
