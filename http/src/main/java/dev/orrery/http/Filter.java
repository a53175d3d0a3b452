package dev.orrery.http;

import java.io.IOException;

/**
 * What a server does around every request: checks who may come in, sets the headers every answer
 * has.
 */
@FunctionalInterface
public interface Filter {

  /**
   * Answers itself, throws, or lets {@code next} answer.
   *
   * @throws HttpException to refuse the request
   * @throws IOException as of {@link Handler#handle}
   */
  void handle(Exchange exchange, Handler next) throws IOException;
}
